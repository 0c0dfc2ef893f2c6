import { METHODS, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { MAX_HEADER_BYTES } from "./headers.ts";
import type { Server } from "./serve.ts";
import { acceptUpgrades, isUpgraded } from "./upgrades.ts";

/** Every target is served by one route: the path of a client is data to us, not a route. */
const ROUTE = "/";
/** CONNECT asks for a tunnel: not ours to give. */
const SERVED_METHODS = METHODS.filter((method) => method !== "CONNECT");

/**
 * The public side: a Fastify server that hands each request to `Server` before anything is parsed, routed or rewritten, so
 * that odd paths, odd methods and raw bodies reach the owner as they came.
 */
export function createHttpServer(server: Server): FastifyInstance {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    requestTimeout: 0,
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    clientErrorHandler: (error, socket) =>
      refuseMalformed(
        error,
        socket,
        drain.inFlightOn(socket).some(({ headersSent }) => headersSent),
      ),
    rewriteUrl: () => ROUTE,
  });
  for (const method of SERVED_METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  app.server.maxHeadersCount = 0; // Node would drop the rest without a word; their size is bounded
  // The owner decides whether to go on, and whether it knows what is expected: Node would answer by itself.
  for (const event of ["checkContinue", "checkExpectation"])
    app.server.on(event, (request: IncomingMessage, response: ServerResponse) => app.server.emit("request", request, response));
  const drain = drainOnClose(app);
  acceptUpgrades(app.server, {
    isBusy: (socket) => drain.inFlightOn(socket).length > 0,
    serve: (request, response, fromClient) => drain.track(response, () => server.handle(request, request.url ?? ROUTE, response, fromClient)),
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.hijack();
    const raw = request.raw as IncomingMessage & { readonly originalUrl?: string };
    await drain.track(reply.raw, () => server.handle(raw, raw.originalUrl ?? ROUTE, reply.raw));
  });
  app.route({ method: SERVED_METHODS, url: ROUTE, handler: () => undefined });
  return app;
}

type Drain = {
  readonly track: (response: ServerResponse, handle: () => Promise<void>) => Promise<void>;
  /** Answers to requests of this connection that have not ended. */
  readonly inFlightOn: (socket: Socket) => readonly ServerResponse[];
};

/** Once the server closes, answers in flight say that they are the last of their connection, which ends with them. */
function drainOnClose(app: FastifyInstance): Drain {
  const inFlight = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  let isClosing = false;
  const inFlightOn = (socket: Socket): ServerResponse[] => [...inFlight].filter(({ req }) => req.socket === socket);
  app.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  app.addHook("preClose", async () => {
    isClosing = true;
    for (const response of inFlight) response.shouldKeepAlive = false;
    // Opened ahead of a request, as browsers do; or a tunnel, which has no end of its own and which Node no longer counts.
    for (const socket of sockets) if (socket.bytesRead === 0 || isUpgraded(socket)) socket.destroy();
  });
  return {
    track: async (response, handle) => {
      inFlight.add(response);
      if (isClosing) response.shouldKeepAlive = false;
      await handle();
      inFlight.delete(response);
      if (isClosing) app.server.closeIdleConnections(); // one whose headers were sent before
    },
    inFlightOn,
  };
}

const REFUSALS: Readonly<Record<string, string>> = {
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** What is no HTTP gets the answer of a Node server without a framework, as a legacy app's clients know it. */
function refuseMalformed({ code = "" }: { readonly code?: string }, socket: Socket, isAnswering: boolean): void {
  if (socket.writable && !isAnswering) socket.write(`HTTP/1.1 ${REFUSALS[code] ?? "400 Bad Request"}\r\nConnection: close\r\n\r\n`);
  socket.destroy();
}
