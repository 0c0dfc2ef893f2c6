import { randomInt } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer, type WebSocket } from "ws";
import { AppError } from "../../lib/errors.ts";
import type { AppCredentials } from "./app-credentials.ts";
import { CLOSE, readAddress, type Close } from "./close-codes.ts";
import { Hub } from "./hub.ts";
import { MAX_FRAME_BYTES, MAX_REQUEST_BYTES } from "./limits.ts";
import { answerRest } from "./rest-api.ts";
import { closeSocket, serveSocket, type Timeouts } from "./socket.ts";

const DEFAULT_TIMEOUTS: Timeouts = { activityMs: 30_000, pongMs: 30_000 };
const MAX_CONNECTIONS = 10_000;
/** How long clients have to answer a close. */
const CLOSE_GRACE_MS = 500;
const MAX_SOCKET_ID_PART = 2 ** 47;

export type RealtimeOptions = {
  readonly host: string;
  /** 0: any free one, kept over `goDown` and `comeBack`. */
  readonly port: number;
  readonly apps: readonly AppCredentials[];
  readonly timeouts?: Timeouts;
};

export type RealtimeCounts = {
  readonly connections: number;
  /** Events taken, one a channel. */
  readonly published: number;
  /** Frames of such events sent to clients. */
  readonly delivered: number;
  /** HTTP calls that were refused. */
  readonly refused: number;
};

export type Realtime = {
  readonly port: number;
  readonly counts: () => RealtimeCounts;
  /** Ends every client's connection: with the code that asks it to come back at once, or as a network does, without a word. */
  readonly dropConnections: (how: "reconnect" | "abruptly") => void;
  /** Refuses everybody, as a broker that is restarted: nobody's subscription is remembered. */
  readonly goDown: () => Promise<void>;
  /** Serves again, on the same port. */
  readonly comeBack: () => Promise<void>;
  readonly close: () => Promise<void>;
};

type AppState = { readonly app: AppCredentials; readonly hub: Hub };

/** Starts a Pusher-protocol broker: WebSocket for subscribers, HTTP for those who publish. */
export async function startRealtime({ host, port, apps, timeouts = DEFAULT_TIMEOUTS }: RealtimeOptions): Promise<Realtime> {
  const states: readonly AppState[] = apps.map((app) => ({ app, hub: new Hub() }));
  const tally = { published: 0, delivered: 0, refused: 0 };
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });

  const onSocket = (socket: WebSocket, url: URL): void => {
    // A frame over the limit or a torn connection: the library closes it, the close handler cleans up.
    socket.on("error", () => undefined);
    const address = readAddress(url);
    if ("close" in address) return closeSocket(socket, address.close);
    const state = states.find(({ app }) => app.key === address.key);
    if (state === undefined) return closeSocket(socket, CLOSE.appUnknown);
    if (sockets.clients.size > MAX_CONNECTIONS) return closeSocket(socket, CLOSE.overCapacity);
    serveSocket(socket, { ...state, timeouts, socketId: `${randomInt(MAX_SOCKET_ID_PART)}.${randomInt(MAX_SOCKET_ID_PART)}` });
  };

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const { status, body: answer } =
      body === undefined
        ? { status: 413, body: { error: `expected at most ${MAX_REQUEST_BYTES} bytes`, code: 413 } }
        : answerRest(
            { method: request.method ?? "GET", url: toUrl(request), body },
            {
              findApp: (id) => states.find(({ app }) => app.id === id),
              nowSeconds: Date.now() / 1_000,
              onPublished: (deliveries) => {
                tally.published += 1;
                tally.delivered += deliveries;
              },
            },
          );
    if (status >= 400) tally.refused += 1;
    const text = JSON.stringify(answer);
    response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
  };

  const open = async (wanted: number): Promise<Server> => {
    const server = createServer((request, response) => void onRequest(request, response).catch(() => response.destroy()));
    server.on("upgrade", (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (client) => onSocket(client, toUrl(request)));
    });
    await listen(server, host, wanted);
    return server;
  };

  let server: Server | undefined = await open(port);
  const { port: bound } = server.address() as AddressInfo;
  const goDown = async (): Promise<void> => {
    const running = server;
    if (running === undefined) return;
    server = undefined;
    const closed = new Promise((resolve) => running.close(resolve));
    for (const client of sockets.clients) closeSocket(client, CLOSE.serverClosing);
    await Promise.race([closed, sleep(CLOSE_GRACE_MS, undefined, { ref: false })]);
    for (const client of sockets.clients) client.terminate();
    running.closeAllConnections();
    await closed;
  };
  return {
    port: bound,
    counts: () => ({ connections: sockets.clients.size, ...tally }),
    dropConnections: (how) => {
      for (const client of sockets.clients)
        if (how === "abruptly") client.terminate();
        else closeSocket(client, CLOSE.serverClosing satisfies Close);
    },
    goDown,
    comeBack: async () => {
      server ??= await open(bound);
    },
    close: goDown,
  };
}

const toUrl = (request: IncomingMessage): URL => new URL(`http://broker${request.url ?? "/"}`);

/** undefined when it is too long; it is read to its end, so that the answer arrives. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_REQUEST_BYTES) chunks.push(chunk);
  }
  return size > MAX_REQUEST_BYTES ? undefined : Buffer.concat(chunks);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new AppError("REALTIME_LISTEN", `the broker cannot listen on ${host}:${port}`, { cause: error })));
    server.listen(port, host, resolve);
  });
}
