import type { FastifyRequest } from "fastify";
import type { Caller } from "./caller.ts";
import type { RouteKind } from "./endpoint.decorator.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set by the auth guard; null on routes that ask for no token. */
    caller: Caller | null;
  }
}

/** What the route says about itself; undefined for a path nobody serves. */
export function routeKindOf(request: FastifyRequest): RouteKind | undefined {
  const config = request.routeOptions?.config as Partial<RouteKind> | undefined;
  return config?.kind === undefined ? undefined : (config as RouteKind);
}

/** The request target without its query. */
export function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return end === -1 ? target : target.slice(0, end);
}
