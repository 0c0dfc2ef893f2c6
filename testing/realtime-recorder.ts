import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { waitUntil } from "../lib/processes.ts";

/** A Pusher HTTP API on loopback that only remembers: what each app (each system has one of its own) broadcasts, in order. */

export type RealtimeApp = { readonly id: string; readonly key: string; readonly secret: string };
export type Emission = { readonly channels: readonly string[]; readonly event: string; readonly data: unknown };

export type RealtimeRecorder = {
  readonly port: number;
  /** What the app has broadcast so far. */
  readonly emissionsOf: (app: RealtimeApp) => readonly Emission[];
  /** Requests that were not a well-signed trigger. */
  readonly refused: readonly string[];
  /** How long each answer takes; the status it has. For a broker in trouble. */
  readonly misbehave: (trouble: { readonly status?: number; readonly delayMs?: number }) => void;
  /** Resolves true when the app has broadcast this many in all, false when it has not in time. */
  readonly reached: (app: RealtimeApp, count: number, timeoutMs: number) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

/** An emitter tries again when an answer is late (contract 5.3): the same bytes, no sooner than this. Sooner they are an emission made twice. */
const RETRY_AFTER_MS = 250;

type Trigger = { readonly name: string; readonly channel?: string; readonly channels?: readonly string[]; readonly data: string };

export async function startRealtimeRecorder(apps: readonly RealtimeApp[]): Promise<RealtimeRecorder> {
  const emissions = new Map<string, Emission[]>(apps.map(({ id }) => [id, []]));
  const refused: string[] = [];
  let trouble: { status?: number; delayMs?: number } = {};
  /** When each body came first. */
  const firstSeen = new Map<string, number>();
  const isRetry = (body: string): boolean => {
    const first = firstSeen.get(body);
    firstSeen.set(body, first ?? Date.now());
    return first !== undefined && Date.now() - first >= RETRY_AFTER_MS;
  };
  const record = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const { status = 200, delayMs = 0 } = trouble;
    const app = apps.find(({ id }) => (request.url ?? "").startsWith(`/apps/${id}/`));
    const problem = app === undefined ? "unknown app" : problemOf(request, body, app);
    if (app === undefined || problem !== undefined) refused.push(`${request.method} ${request.url?.split("?")[0]}: ${problem}`);
    else if (status === 200 && !isRetry(`${app.id} ${body.toString("latin1")}`)) emissions.get(app.id)?.push(...triggersOf(body).map(toEmission));
    setTimeout(() => response.writeHead(problem === undefined ? status : 401, { "content-type": "application/json" }).end("{}"), delayMs);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => record(request, response, Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const emissionsOf = ({ id }: RealtimeApp): readonly Emission[] => emissions.get(id) ?? [];
  return {
    port: (server.address() as AddressInfo).port,
    emissionsOf,
    refused,
    misbehave: (next) => void (trouble = next),
    reached: (app, count, timeoutMs) => waitUntil(() => emissionsOf(app).length >= count, timeoutMs, 5),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const triggersOf = (body: Buffer): readonly Trigger[] => {
  const parsed = JSON.parse(body.toString("utf8")) as Trigger | { readonly batch: readonly Trigger[] };
  return "batch" in parsed ? parsed.batch : [parsed];
};

function toEmission({ name, channel, channels, data }: Trigger): Emission {
  return { channels: channels ?? (channel === undefined ? [] : [channel]), event: name, data: JSON.parse(data) as unknown };
}

/** The signature of the Pusher HTTP API: HMAC-SHA256 over method, path and sorted query, with the MD5 of the body. */
function problemOf(request: IncomingMessage, body: Buffer, { id, key, secret }: RealtimeApp): string | undefined {
  const url = new URL(request.url ?? "", "http://broker");
  if (request.method !== "POST" || ![`/apps/${id}/events`, `/apps/${id}/batch_events`].includes(url.pathname)) return "no trigger";
  if (url.searchParams.get("auth_key") !== key) return "wrong key";
  if (url.searchParams.get("body_md5") !== createHash("md5").update(body).digest("hex")) return "wrong body_md5";
  const signature = url.searchParams.get("auth_signature");
  url.searchParams.delete("auth_signature");
  const query = [...url.searchParams].map(([name, value]) => `${name}=${value}`).toSorted();
  const text = ["POST", url.pathname, query.join("&")].join("\n");
  return signature === createHmac("sha256", secret).update(text).digest("hex") ? undefined : "wrong signature";
}
