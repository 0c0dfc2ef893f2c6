import { createServer, type Server } from "node:http";
import type { Tap } from "./tap.ts";

/** Longer than clients keep a connection for, so that none is closed while a call is on its way. */
const KEEP_ALIVE_MS = 75_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** The HTTP server of a tap. What fails in handling a call is answered 500 and told. */
export function createTapServer(tap: Tap, onError: (error: unknown) => void): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    tap.handle(request, response).catch((error: unknown) => {
      onError(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "content-type": "application/json" }).end('{"error":"Internal error","code":500}');
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

/** Connections that answered their last call after the server was told to close. */
const SWEEP_EVERY_MS = 25;
const MAX_CONNECTIONS = 20_000;

/** Takes no more calls, finishes those under way, for so long at most. */
export async function closeTapServer(server: Server, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
  clearInterval(sweep);
}
