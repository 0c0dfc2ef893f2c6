import { applyDecorators, Delete, Get, Patch, Post } from "@nestjs/common";
import { RouteConfig } from "@nestjs/platform-fastify";
import { ENDPOINTS, type EndpointId, type EndpointSpec } from "@ipnuo/domain/endpoints";

/** What a route carries for the cross-cutting parts: the guard, the errors filter, the log. */
export type RouteKind =
  | { readonly kind: "endpoint"; readonly endpoint: EndpointSpec }
  /** Open to everybody: health, documentation. */
  | { readonly kind: "service"; readonly id: string };

/** A handler of the contract: method, paths, role and 500 phrase come from the endpoint index. */
export function Endpoint(id: EndpointId): MethodDecorator {
  const endpoint: EndpointSpec = ENDPOINTS[id];
  const kind: RouteKind = { kind: "endpoint", endpoint };
  return applyDecorators(METHODS[endpoint.method](pathsOf(endpoint.path)), RouteConfig(kind));
}

/** A handler beside the contract, without authentication. */
export function ServiceRoute(...paths: string[]): MethodDecorator {
  const kind: RouteKind = { kind: "service", id: paths[0] ?? "" };
  return applyDecorators(Get(paths), RouteConfig(kind));
}

/** `/api/v1/…` answers as `/api/…` does; `/api/internal/*` has no alias. */
export function pathsOf(path: string): string[] {
  return path.startsWith("/api/internal/") ? [path] : [path, path.replace(/^\/api\//, "/api/v1/")];
}

const METHODS = { GET: Get, POST: Post, PATCH: Patch, DELETE: Delete } as const;
