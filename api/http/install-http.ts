import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Runtime } from "../runtime/tokens.ts";
import { notFound, type ContractError } from "./contract-error.ts";
import { CACHE_CONTROL, contractHeaders, JSON_TYPE } from "./contract-headers.ts";
import { corsHeaders } from "./cors.ts";
import { drainOnClose } from "./drain.ts";
import { createReplySerializer } from "./reply-serializer.ts";
import { pathOf, routeKindOf } from "./request.ts";
import { RouteTable } from "./route-table.ts";
import { HEADER } from "../../lib/wire.ts";
import { judgeShadow } from "./shadow-role.ts";

const CHANGING: ReadonlySet<string> = new Set(["write", "send"]);

/**
 * What holds for every request, served or not: shadow role, unknown paths, 405, OPTIONS, headers, the log line.
 * Returns every route that will be served, those for the shadow role too.
 */
export function installHttp(fastify: FastifyInstance, { env, log, timing, metrics }: Omit<Runtime, "database">): RouteTable {
  const routes = new RouteTable();
  /** With the shadowing API, which is there for the shadow role only. */
  const shadowRoutes = new RouteTable();
  const shadowKey = { secret: env.shadowSecret, nowMs: timing.nowMs };
  fastify.decorateRequest("caller", null);
  fastify.decorateRequest("serviceId", null);
  fastify.decorateRequest("shadowBody", null);
  fastify.decorateRequest("contentType", "");
  fastify.setReplySerializer(createReplySerializer());
  // Bodies are read by whoever asks for them, after the checks that come before (contract 1.3).
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser("*", (_request, _payload, done) => done(null));
  fastify.addHook("onRoute", ({ method, url, config }) => {
    const tables = kindOf(config) === "shadow" ? [shadowRoutes] : [routes, shadowRoutes];
    for (const each of [method].flat()) for (const table of tables) table.add(each, url);
  });

  fastify.addHook("onRequest", async (request, reply) => {
    const { method, headers, raw } = request;
    request.contentType = headers["content-type"] ?? "";
    delete raw.headers["content-type"];
    const isShadow = headers[HEADER.role] !== undefined;
    if (isShadow) {
      const body = { [Symbol.asyncIterator]: () => raw.iterator({ destroyOnReturn: false }) };
      const isShadowing = routeKindOf(request)?.kind === "shadow";
      const verdict = await judgeShadow({ method, target: request.url, headers, body, isShadowing }, shadowKey);
      if (verdict.refusal !== undefined) return refuse(reply, verdict.refusal);
      if (isShadowing) request.shadowBody = verdict.body;
    }
    const served = (isShadow ? shadowRoutes : routes).methodsOf(pathOf(request.url));
    return request.is404 || !served.includes(method) ? answerUnserved(request, reply, served) : undefined;
  });

  fastify.addHook("onSend", async (request, reply) => {
    const { origin } = request.headers;
    reply.headers(corsHeaders(origin, env.allowedOrigins, origin === undefined ? [] : routes.methodsOf(pathOf(request.url))));
    reply.headers(contractHeaders(request.id));
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", CACHE_CONTROL);
    // Fastify appends a charset.
    if (String(reply.getHeader("content-type")).startsWith(JSON_TYPE)) reply.header("content-type", JSON_TYPE);
  });

  fastify.addHook("onResponse", async (request, reply) => {
    // What a refused request still sends is read and dropped, as Node does for its own handlers: the connection stays usable.
    if (!request.raw.readableEnded) request.raw.resume();
    const route = routeKindOf(request);
    const endpoint = route?.kind === "endpoint" ? route.endpoint.id : route?.id;
    metrics.observe(endpoint, reply.statusCode, reply.elapsedTime);
    // A write is a change of state: one line each, also where nobody debugs.
    const level = route?.kind === "endpoint" && CHANGING.has(route.endpoint.class) ? "info" : "debug";
    log[level]({ requestId: request.id, endpoint, status: reply.statusCode, tookMs: Math.round(reply.elapsedTime) }, "request answered");
  });
  drainOnClose(fastify);
  return shadowRoutes;
}

function kindOf(config: unknown): unknown {
  return (config as { readonly kind?: unknown } | undefined)?.kind;
}

/** OPTIONS and other methods of a known path, and unknown paths (contract 1.1). */
function answerUnserved(request: FastifyRequest, reply: FastifyReply, methods: readonly string[]): FastifyReply {
  if (methods.length === 0) return refuse(reply, notFound());
  return reply
    .header("allow", methods.join(", "))
    .code(request.method === "OPTIONS" ? 204 : 405)
    .send();
}

/** Sends a refusal from outside of Nest's pipeline. */
function refuse(reply: FastifyReply, { status, body, headers }: ContractError): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers })
    .send(body);
}
