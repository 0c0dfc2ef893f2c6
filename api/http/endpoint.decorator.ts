import { applyDecorators, Delete, Get, HttpCode, Patch, Post } from "@nestjs/common";
import { RouteConfig } from "@nestjs/platform-fastify";
import { ENDPOINTS, type EndpointId, type EndpointSpec } from "@ipnuo/domain/endpoints";

/** What a route carries for the cross-cutting parts: the guard, the errors filter, the log. */
export type RouteKind =
  | { readonly kind: "endpoint"; readonly endpoint: EndpointSpec }
  /** Open to everybody: health, documentation. */
  | { readonly kind: "service"; readonly id: string }
  /** Between our own programs: a service token with the scope (contract 4.1). */
  | { readonly kind: "internal"; readonly id: string; readonly scope: string; readonly maxBodyBytes: number }
  /** For the proxy alone: the signed shadow role (contract 4.4). Without it nobody finds it. */
  | { readonly kind: "shadow"; readonly id: string };

const OK = 200;
const INGEST_BODY_BYTES = 5 * 1_048_576;

/** A handler of the contract: method, paths, role and 500 phrase come from the endpoint index. */
export function Endpoint(id: EndpointId): MethodDecorator {
  const endpoint: EndpointSpec = ENDPOINTS[id];
  const kind: RouteKind = { kind: "endpoint", endpoint };
  return applyDecorators(METHODS[endpoint.method]([endpoint.path, ...endpoint.aliases].flatMap(pathsOf)), HttpCode(OK), RouteConfig(kind));
}

/** A POST of the ingest API: service token with the scope, no alias, bodies up to 5 MiB. `id` names it in logs and metrics. */
export function IngestEndpoint(id: string, path: string, scope: string): MethodDecorator {
  const kind: RouteKind = { kind: "internal", id, scope, maxBodyBytes: INGEST_BODY_BYTES };
  return applyDecorators(Post(path), HttpCode(OK), RouteConfig(kind));
}

/** A POST of the shadowing API: it changes nothing, and the signed role is all it asks for. */
export function ShadowEndpoint(id: string, path: string): MethodDecorator {
  const kind: RouteKind = { kind: "shadow", id };
  return applyDecorators(Post(path), HttpCode(OK), RouteConfig(kind));
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
