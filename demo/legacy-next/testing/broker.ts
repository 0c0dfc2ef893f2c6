import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { waitUntil } from "../../../lib/processes.ts";

export type Heard = { readonly channel: string; readonly event: string; readonly data: Readonly<Record<string, unknown>> };

export type Broker = {
  readonly env: Readonly<Record<string, string>>;
  /** All events heard since the last call, once `event` is among them. */
  readonly until: (event: string, count?: number) => Promise<readonly Heard[]>;
  /** All events heard since the last call. */
  readonly take: () => readonly Heard[];
  readonly close: () => Promise<void>;
};

const WAIT_MS = 5_000;

/** A broker's HTTP side on loopback that writes down what it is told. */
export async function startBroker(): Promise<Broker> {
  let heard: Heard[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const { channels, channel, name, data } = JSON.parse(text) as { channels?: string[]; channel?: string; name: string; data: string };
      for (const each of channels ?? [channel ?? ""]) heard.push({ channel: each, event: name, data: JSON.parse(data) as Heard["data"] });
      response.setHeader("content-type", "application/json");
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const take = (): readonly Heard[] => {
    const taken = heard;
    heard = [];
    return taken;
  };
  return {
    env: { PUSHER_HOST: "127.0.0.1", PUSHER_PORT: String(port), PUSHER_USE_TLS: "false", PUSHER_APP_ID: "1", PUSHER_KEY: "k", PUSHER_SECRET: "s" },
    until: async (event, count = 1) => {
      const isThere = (): boolean => heard.filter((each) => each.event === event).length >= count;
      if (!(await waitUntil(isThere, WAIT_MS))) throw new Error(`no ${event}; heard ${heard.map((each) => each.event).join(", ")}`);
      return take();
    },
    take,
    close: () => closeServer(server),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
