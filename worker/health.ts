import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import { AppError, messageOf } from "../lib/errors.ts";

export type HealthParts = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly registry: Registry;
  /** Why sessions cannot be run just now; empty when they can. */
  readonly problems: () => Promise<readonly string[]>;
};

/** `/healthz` (the process), `/readyz` (the database, too) and `/metrics`. Says nothing of any session. */
export async function serveHealth({
  host,
  port,
  registry,
  problems,
}: HealthParts): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const answer = async (path: string): Promise<{ readonly status: number; readonly type: string; readonly body: string }> => {
    if (path === "/metrics") return { status: 200, type: registry.contentType, body: await registry.metrics() };
    if (path === "/healthz") return toJson(200, { status: "ok" });
    if (path !== "/readyz") return toJson(404, { error: "Not found" });
    const reasons = await problems();
    return reasons.length === 0 ? toJson(200, { status: "ok" }) : toJson(503, { status: "unavailable", reasons });
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://worker").pathname;
    void answer(path)
      .catch(() => toJson(500, { error: "Internal server error" }))
      .then(({ status, type, body }) => response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body));
  });
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function toJson(status: number, body: object) {
  return { status, type: "application/json", body: JSON.stringify(body) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(new AppError("WORKER_LISTEN", `worker could not listen on ${host}:${port}: ${messageOf(error)}`, { cause: error })),
    );
    server.listen(port, host, resolve);
  });
}
