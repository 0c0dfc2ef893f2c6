import fastify, { type FastifyInstance } from "fastify";
import type { RulePreview } from "../core/rule-preview.ts";
import type { Report } from "../core/summary/report.ts";
import { readDrift, readDrifts } from "../store/read-drifts.ts";
import { setDriftState } from "../store/drift-state.ts";
import type { StoreClient } from "../store/store.ts";
import { guard, operatorOf, requireRole } from "./auth.ts";
import type { Metrics } from "./metrics.ts";
import type { Operators } from "./operators.ts";
import { AppError } from "../../lib/errors.ts";
import { addCutover, refuse, type CutoverPart } from "./cutover-routes.ts";
import type { EventStream } from "./event-stream.ts";
import { addSends, type SendsPart } from "./send-routes.ts";
import { BadRequest, driftsQuery, parse, readQuery, stateBody, summaryQuery } from "./queries.ts";

export type Readiness = { readonly isReady: boolean; readonly reasons: readonly string[]; readonly degraded: readonly string[] };

export type OpsParts = {
  readonly operators: Operators;
  readonly metrics: Metrics;
  readonly isMetricsPublic: boolean;
  readonly readiness: () => Promise<Readiness>;
  /** Throws `StoreDown` while there is none. */
  readonly store: () => StoreClient;
  /** Writes what was counted so far. */
  readonly flush: () => Promise<void>;
  /** The report over the last so many milliseconds, with everything counted before the call. */
  readonly summary: (sinceMs: number) => Promise<Report>;
  readonly cutover: CutoverPart;
  readonly sends: SendsPart;
  readonly events: EventStream;
  /** What a rule would hide of what is recorded. Throws `BadRequest`. */
  readonly previewRule: (body: unknown) => Promise<RulePreview>;
  readonly pages: OpsPages;
};

/** The pages people see; rendered elsewhere, so that the ops API knows no HTML. */
export type OpsPages = { readonly summary: (report: Report) => string; readonly signIn: () => string };

/** The store does not answer. */
export class StoreDown extends Error {}

/** The ops API: health, metrics, summary, drifts, and the summary page. */
export function createOpsServer(parts: OpsParts): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true });
  const open = new Set(["/healthz", "/readyz", "/sign-in", ...(parts.isMetricsPublic ? ["/metrics"] : [])]);
  guard(app, { operators: parts.operators, isOpen: (path) => open.has(path), signInPage: parts.pages.signIn });
  app.addHook("onSend", async (_request, reply) => {
    void reply
      .header("cache-control", "no-store")
      .header("x-content-type-options", "nosniff")
      .header("referrer-policy", "no-referrer")
      .header("x-frame-options", "DENY")
      .header("content-security-policy", CONTENT_POLICY);
  });
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof BadRequest) return reply.code(400).send({ error: error.message });
    if (error instanceof AppError) return refuse(reply, error);
    if (error instanceof StoreDown) return reply.code(503).send({ error: "The store does not answer", details: error.message });
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    return reply.code(status).send({ error: status < 500 ? (error as Error).message : "Internal error" });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "Not found" }));
  addHealth(app, parts);
  addDrifts(app, parts);
  addCutover(app, parts.cutover);
  addSends(app, parts.store, parts.sends);
  parts.events.serve(app, () => parts.summary(DAY_MS));
  app.get("/", async (_request, reply) => reply.type("text/html; charset=utf-8").send(parts.pages.summary(await parts.summary(DAY_MS))));
  app.get("/api/summary", (request) => parts.summary(readQuery(summaryQuery, request.query).since));
  app.post("/api/rules/preview", async (request) => {
    await parts.flush();
    return parts.previewRule(request.body);
  });
  return app;
}

const DAY_MS = 86_400_000;

/** Pages carry their own style and script and load nothing. */
const CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

function addHealth(app: FastifyInstance, { readiness, metrics }: OpsParts): void {
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const { isReady, reasons, degraded } = await readiness();
    return isReady ? { status: "ok", degraded } : reply.code(503).send({ status: "unready", reasons, degraded });
  });
  app.get("/metrics", async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
}

function addDrifts(app: FastifyInstance, { store, flush }: OpsParts): void {
  app.get("/api/drifts", async (request) => {
    const { state, endpoint, kind, cursor, limit } = readQuery(driftsQuery, request.query);
    await flush();
    return readDrifts(store(), { limit, ...(state && { state }), ...(endpoint && { endpoint }), ...(kind && { kind }), ...(cursor && { cursor }) });
  });
  app.get<{ Params: { fingerprint: string } }>("/api/drifts/:fingerprint", async (request, reply) => {
    const found = await readDrift(store(), request.params.fingerprint);
    return found ?? reply.code(404).send({ error: "No such drift" });
  });
  app.post<{ Params: { fingerprint: string } }>("/api/drifts/:fingerprint/state", { preHandler: requireRole("releaser") }, async (request, reply) => {
    const { state, reason, expires } = parse(stateBody, request.body);
    const by = operatorOf(request)?.name ?? "";
    const until = expires === undefined ? undefined : new Date(expires);
    const { fingerprint } = request.params;
    if (!(await setDriftState(store(), fingerprint, { state, reason, by, until }))) return reply.code(404).send({ error: "No such drift" });
    return readDrift(store(), fingerprint);
  });
}
