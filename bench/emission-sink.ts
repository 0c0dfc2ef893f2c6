import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A broker's HTTP side that notes when the emission about each message came, and how often. */
export type EmissionSink = {
  readonly env: Readonly<Record<string, string>>;
  /** `performance.now()` of the first emission of a received message, by its WhatsApp id. */
  readonly heardAt: ReadonlyMap<string, number>;
  /** Messages that were emitted more than once. */
  readonly doubled: ReadonlySet<string>;
  readonly close: () => Promise<void>;
};

type Event = { readonly name: string; readonly data: string };

export async function startEmissionSink(): Promise<EmissionSink> {
  const heardAt = new Map<string, number>();
  const doubled = new Set<string>();
  const hear = ({ name, data }: Event): void => {
    if (name !== "message.received") return;
    const { messageId } = JSON.parse(data) as { messageId: string };
    if (heardAt.has(messageId)) doubled.add(messageId);
    else heardAt.set(messageId, performance.now());
  };
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const body = JSON.parse(text) as Event & { readonly batch?: readonly Event[] };
      for (const event of body.batch ?? [body]) hear(event);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      PUSHER_HOST: "127.0.0.1",
      PUSHER_PORT: String(port),
      PUSHER_USE_TLS: "false",
      PUSHER_APP_ID: "bench",
      PUSHER_KEY: "bench-key",
      PUSHER_SECRET: "bench-secret-of-the-sink",
    },
    heardAt,
    doubled,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
