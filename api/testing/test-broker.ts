import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { RealtimeEnv } from "../realtime/realtime-env.ts";

const APP = { appId: "test-app", key: "test-key", secret: "test-secret-of-the-broker" };

export type Received = { readonly channel: string; readonly name: string; readonly data: Record<string, unknown>; readonly text: string };

/** What the broker does with the next calls: a status, or no answer at all. */
export type Answer = number | "silence";

export type TestBroker = {
  readonly realtime: RealtimeEnv;
  /** Events in the order they were taken. */
  readonly received: Received[];
  /** Calls that came, also refused ones. */
  readonly calls: () => number;
  /** How each call is answered, by its events; 200 unless told otherwise. */
  answerWith: (events: readonly Received[]) => Answer;
  readonly close: () => Promise<void>;
};

type Sent = { readonly channel?: string; readonly channels?: readonly string[]; readonly name: string; readonly data: string };

/** A Pusher-protocol broker on loopback that checks signatures as Soketi does. */
export async function startTestBroker(port = 0): Promise<TestBroker> {
  let calls = 0;
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      calls += 1;
      const events = eventsOf(body);
      const answer = isSigned(request, body) ? broker.answerWith(events) : 401;
      if (answer === "silence") return;
      if (answer === 200) received.push(...events);
      response.writeHead(answer, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const side = { ...APP, host: "127.0.0.1", port: (server.address() as AddressInfo).port, useTLS: false };
  const broker: TestBroker = {
    realtime: { emitter: side, client: { ...side, host: "broker.example.com", port: 443, useTLS: true }, cluster: "mt1" },
    received,
    calls: () => calls,
    answerWith: () => 200,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return broker;
}

function eventsOf(body: string): Received[] {
  const parsed = JSON.parse(body) as Sent | { readonly batch: readonly Sent[] };
  const sent = "batch" in parsed ? parsed.batch : [parsed];
  return sent.flatMap(({ channel, channels, name, data }) =>
    [channels ?? channel ?? []].flat().map((each) => ({ channel: each, name, text: data, data: JSON.parse(data) as Record<string, unknown> })),
  );
}

function isSigned(request: IncomingMessage, body: string): boolean {
  const url = new URL(request.url ?? "/", "http://broker");
  const parameters = [...url.searchParams].filter(([name]) => name !== "auth_signature").toSorted(([a], [b]) => (a < b ? -1 : 1));
  const query = parameters.map(([name, value]) => `${name}=${value}`).join("&");
  const expected = createHmac("sha256", APP.secret).update(`${request.method}\n${url.pathname}\n${query}`).digest("hex");
  const bodyHash = createHash("md5").update(body).digest("hex");
  return url.searchParams.get("auth_signature") === expected && url.searchParams.get("body_md5") === bodyHash;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
