import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { waitUntil } from "../lib/processes.ts";

export type Heard = { readonly channel: string; readonly event: string; readonly data: Readonly<Record<string, unknown>> };

export type Broker = {
  /** How an app reaches it. */
  readonly env: Readonly<Record<string, string>>;
  /** What was heard since the last call, once `event` is the last of it and was heard so many times. Throws after 5 s. */
  readonly until: (event: string, times?: number) => Promise<readonly Heard[]>;
  /** What was heard since the last call. */
  readonly take: () => readonly Heard[];
  readonly close: () => Promise<void>;
};

const WAIT_MS = 5_000;

/** A broker's HTTP side on loopback that writes down what it is told. */
export async function startBroker(): Promise<Broker> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const { channels, name, data } = JSON.parse(text) as { channels: string[]; name: string; data: string };
      for (const channel of channels) heard.push({ channel, event: name, data: JSON.parse(data) as Heard["data"] });
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    env: { PUSHER_HOST: "127.0.0.1", PUSHER_PORT: String(port), PUSHER_USE_TLS: "false", PUSHER_APP_ID: "1", PUSHER_KEY: "k", PUSHER_SECRET: "s" },
    until: async (event, times = 1) => {
      const isThere = (): boolean => heard.at(-1)?.event === event && heard.filter((each) => each.event === event).length >= times;
      if (await waitUntil(isThere, WAIT_MS)) return heard.splice(0);
      throw new Error(`expected ${event} as the last event, heard ${heard.map((each) => each.event).join(", ")}`);
    },
    take: () => heard.splice(0),
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
