import { METHODS, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { MAX_HEADER_BYTES } from "./headers.ts";
import type { Server } from "./serve.ts";

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
    clientErrorHandler: refuseMalformed,
    rewriteUrl: () => ROUTE,
  });
  for (const method of SERVED_METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  const drain = drainOnClose(app);
  app.addHook("onRequest", async (request, reply) => {
    reply.hijack();
    const raw = request.raw as IncomingMessage & { readonly originalUrl?: string };
    await drain(reply.raw, () => server.handle(raw, raw.originalUrl ?? ROUTE, reply.raw));
  });
  app.route({ method: SERVED_METHODS, url: ROUTE, handler: () => undefined });
  return app;
}

/** Once the server closes, answers in flight say that they are the last of their connection, which ends with them. */
function drainOnClose(app: FastifyInstance): (response: ServerResponse, handle: () => Promise<void>) => Promise<void> {
  const inFlight = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  let isClosing = false;
  app.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  app.addHook("preClose", async () => {
    isClosing = true;
    for (const response of inFlight) response.shouldKeepAlive = false;
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy(); // opened ahead of a request, as browsers do
  });
  return async (response, handle) => {
    inFlight.add(response);
    if (isClosing) response.shouldKeepAlive = false;
    await handle();
    inFlight.delete(response);
    if (isClosing) app.server.closeIdleConnections(); // one whose headers were sent before
  };
}

const REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** What is no HTTP gets the answer of a Node server without a framework, as a legacy app's clients know it. */
function refuseMalformed({ code = "" }: { readonly code?: string }, socket: Socket): void {
  if (socket.writable && socket.bytesWritten === 0) socket.write(`HTTP/1.1 ${REFUSALS[code] ?? "400 Bad Request"}\r\nConnection: close\r\n\r\n`);
  socket.destroy();
}
