import type { FastifyRequest } from "fastify";
import type { Caller } from "./caller.ts";
import type { RouteKind } from "./endpoint.decorator.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set by the auth guard; null on routes that ask for no token. */
    caller: Caller | null;
    /** Set by the guard on internal routes: who calls, by a service token. */
    serviceId: string | null;
    /** The body of a shadowing call, read already: its signature covers it. Null elsewhere. */
    shadowBody: Uint8Array | null;
    /** The body's Content-Type as sent, empty without one. The header itself is taken off: Fastify would refuse it before the token is asked for. */
    contentType: string;
  }
}

/** What the route says about itself; undefined for a path nobody serves. */
export function routeKindOf(request: FastifyRequest): RouteKind | undefined {
  const config = request.routeOptions?.config as Partial<RouteKind> | undefined;
  return config?.kind === undefined ? undefined : (config as RouteKind);
}

const DEFAULT_BODY_BYTES = 1_048_576;

/** How large a JSON body may be (contract 1.6). */
export function bodyLimitOf(request: FastifyRequest): number {
  const route = routeKindOf(request);
  return route?.kind === "internal" ? route.maxBodyBytes : DEFAULT_BODY_BYTES;
}

/** The request target without its query. */
export function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return end === -1 ? target : target.slice(0, end);
}
