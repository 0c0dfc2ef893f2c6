import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Captured = { readonly channels: readonly string[]; readonly event: string; readonly data: Readonly<Record<string, unknown>> };

export type CapturingBroker = {
  readonly port: number;
  /** Everything published since the last call, in the order of arrival. */
  readonly take: () => Captured[];
  readonly close: () => Promise<void>;
};

/** The HTTP side of a Pusher server on loopback: accepts every event and keeps it. */
export async function startCapturingBroker(): Promise<CapturingBroker> {
  const captured: Captured[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { name, data, channels } = JSON.parse(Buffer.concat(chunks).toString()) as { name: string; data: string; channels: string[] };
      captured.push({ channels, event: name, data: JSON.parse(data) as Captured["data"] });
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    take: () => captured.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
