import { METHODS, type IncomingMessage } from "node:http";
import fastify, { type FastifyInstance } from "fastify";
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
  const app = fastify({ logger: false, exposeHeadRoutes: false, forceCloseConnections: "idle", requestTimeout: 0, rewriteUrl: () => ROUTE });
  for (const method of SERVED_METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  app.addHook("onRequest", async (request, reply) => {
    reply.hijack();
    const raw = request.raw as IncomingMessage & { readonly originalUrl?: string };
    await server.handle(raw, raw.originalUrl ?? ROUTE, reply.raw);
  });
  app.route({ method: SERVED_METHODS, url: ROUTE, handler: () => undefined });
  return app;
}
