import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { Pool } from "undici";
import { AppError, codeOf } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { DEFAULT_FAMILY } from "./config.ts";
import { EndpointTable } from "./core/endpoint.ts";
import { NO_CLAIMS } from "./core/subject.ts";
import type { Outcome } from "./core/types.ts";
import { AutoRollback } from "./cutover/auto-rollback.ts";
import { Cutover } from "./cutover/cutover.ts";
import { settleByPerson } from "./cutover/resolve-send.ts";
import type { Stages } from "./cutover/stages.ts";
import { EmissionsSide } from "./emissions-side.ts";
import { EventStream } from "./ops/event-stream.ts";
import { Metrics } from "./ops/metrics.ts";
import { Operators } from "./ops/operators.ts";
import { createOpsServer, type OpsPages, type Readiness } from "./ops/ops-server.ts";
import { canReach } from "./ops/reachability.ts";
import { selfTestTrouble } from "./ops/self-test-trouble.ts";
import { MAX_HEADER_BYTES } from "./proxy/headers.ts";
import { createHttpServer } from "./proxy/http-server.ts";
import { createPlainClient } from "./proxy/plain-client.ts";
import type { SendEvents } from "./proxy/send-types.ts";
import { Server } from "./proxy/serve.ts";
import { previewOf } from "./rule-preview.ts";
import type { ShadowSettings } from "./settings.ts";
import { createSendShadowing } from "./send-shadowing.ts";
import { SendsSide } from "./sends-side.ts";
import { ShadowSide } from "./shadow-side.ts";

/** What the drift rate is a rate of; a race says nothing about nest. */
const IN_DRIFT_RATE: ReadonlySet<Outcome> = new Set<Outcome>(["matched", "equivalent", "drift", "noise"]);

/** How long answers in flight may take once the proxy stops; an endless one must not hold up the rest. */
const ANSWERS_GRACE_MS = 10_000;

export type ShadowAppOptions = {
  readonly settings: ShadowSettings;
  readonly log: Logger;
  readonly locateStore: () => Promise<string>;
  readonly pages: OpsPages;
};

export type ShadowApp = {
  /** Listens on its ports, tries the store once. Throws `USAGE_PORT_IN_USE`. */
  readonly start: () => Promise<{ readonly port: number; readonly opsPort: number; readonly tapPort: number | undefined }>;
  /** Stops accepting, finishes answers in flight, drains the bus, writes what is left. */
  readonly stop: () => Promise<void>;
};

/** Wires the proxy: serving, the shadow side, and the ops API. */
export function createShadow({ settings, log, locateStore, pages }: ShadowAppOptions): ShadowApp {
  const { config } = settings;
  const metrics = new Metrics({ busSize: () => side.busSize, emissionsPending: () => emissions.size });
  const events = new EventStream();
  const { [DEFAULT_FAMILY]: _passedOn, ...families } = config.families;
  const cutover = new Cutover({
    config: { endpoints: config.endpoints, families, gate: config.gate, emissions: config.emissions },
    dataDir: settings.dataDir,
    auditKey: settings.auditKey,
    log,
    store: () => side.store(),
    onChange: (states) => events.send("cutover", { families: states }),
    onError: (error) => side.onShadowError("cutover", error),
  });
  const { stages } = cutover;
  const watch = new AutoRollback({
    limits: config.rollback,
    isServedByNest: (family) => config.rollback.enabled && ["canary", "nest"].includes(stages.stageOf(family)),
    onBreach: (family, breach) => void cutover.stepBackFor(family, breach),
  });
  const familyOf = new Map(config.endpoints.map(({ id, family }) => [id, family]));
  const side = new ShadowSide({
    settings,
    log,
    cutover,
    metrics,
    locateStore,
    onConnected: (url) => sends.connect(url),
    emissions: () => emissions,
    onDecided: ({ endpointId, outcome, primary }) => {
      const family = familyOf.get(endpointId);
      if (primary === "nest" && family !== undefined && IN_DRIFT_RATE.has(outcome)) watch.onJudged(family, outcome === "drift");
    },
  });
  const onServed: SendEvents["onServed"] = (served) => {
    metrics.served(served);
    watch.onServed({ ...served, isFailed: served.status >= 500 });
  };
  const onPrimaryError: SendEvents["onOwnerError"] = ({ endpointId, family, system, code, requestId, cause }) => {
    metrics.primaryError(endpointId, code);
    watch.onServed({ family, system, isFailed: true, tookMs: 0 });
    log.error({ endpoint: endpointId, system, code, requestId, reason: cause.message }, "the owner did not answer");
  };
  const sends = new SendsSide({
    settings,
    metrics,
    events: {
      onSend: (endpointId, outcome) => side.onSend(endpointId, outcome),
      onServed,
      onOwnerError: onPrimaryError,
      onAnswered: createSendShadowing({ config, hasSecret: settings.shadowSecret !== undefined, side: () => side }),
    },
    onError: (error) => side.onShadowError("sends", error),
  });
  const emissions = new EmissionsSide({ settings, stages, metrics, onError: (error) => side.onShadowError("emissions", error) });
  const dispatchers = {
    legacy: openPool(settings.legacyUrl, config.limits.primaryTimeoutMs),
    nest: openPool(settings.candidateUrl, config.limits.primaryTimeoutMs),
  };
  const server = new Server({
    table: new EndpointTable(config.endpoints),
    dispatchers,
    plainClients: {
      legacy: createPlainClient(settings.legacyUrl, config.limits.primaryTimeoutMs),
      nest: createPlainClient(settings.candidateUrl, config.limits.primaryTimeoutMs),
    },
    subject: config.subject,
    defaultFamily: DEFAULT_FAMILY,
    rolesOf: (family, claims) => stages.rolesOf(family, claims),
    fallsBack: (family) => config.families[family]?.fallbackReads === true,
    fallbackAfterMs: config.limits.fallbackAfterMs,
    send: (request) => sends.server.handle(request),
    events: {
      onRead: (read) => side.onRead(read),
      offer: (bodyBytes, make) => side.offer(bodyBytes, make),
      onWrite: (mark) => side.onWrite(mark),
      onServed,
      onFallback: ({ endpointId }) => metrics.fallback(endpointId),
      onPrimaryError,
    },
  });
  const http = createHttpServer(server);
  const ops = createOpsServer({
    operators: new Operators(settings.opsTokens),
    metrics,
    isMetricsPublic: settings.isMetricsPublic,
    readiness: () => readiness({ settings, stages, side }),
    store: () => side.store(),
    flush: () => side.flush(),
    summary: (sinceMs) => side.summary(sinceMs),
    cutover,
    sends: {
      vault: sends.vault,
      resolve: (order) => settleByPerson({ store: side.store(), auditKey: settings.auditKey, dataDir: settings.dataDir }, order),
    },
    events,
    previewRule: (body) => previewOf(body, { endpoints: config.endpoints, events: config.emissions.events, store: side.store() }),
    pages,
  });
  return {
    start: async () => {
      await side.start();
      const port = await listen(http, settings.port, settings.host);
      const opsPort = await listen(ops, settings.opsPort, settings.host);
      const tapPort = await emissions.start();
      return { port, opsPort, tapPort };
    },
    stop: async () => {
      const cut = setTimeout(() => http.server.closeAllConnections(), ANSWERS_GRACE_MS);
      await http.close();
      clearTimeout(cut);
      watch.stop();
      await sends.stop();
      events.close();
      await emissions.stop();
      await side.stop();
      await ops.close();
      await Promise.all([dispatchers.legacy.destroy(), dispatchers.nest.destroy()]);
    },
  };
}

function openPool(url: string, timeoutMs: number): Pool {
  return new Pool(new URL(url).origin, {
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    allowH2: false,
  });
}

async function listen(app: FastifyInstance, port: number, host: string): Promise<number> {
  try {
    await app.listen({ port, host });
  } catch (error) {
    if (codeOf(error) === "EADDRINUSE")
      throw new AppError("USAGE_PORT_IN_USE", `port ${port} on ${host} is in use; give another one`, { cause: error });
    throw error;
  }
  return (app.server.address() as AddressInfo).port;
}

/** Ready as long as the systems that answer clients can be reached; the rest is degraded. */
async function readiness({ settings, stages, side }: { settings: ShadowSettings; stages: Stages; side: ShadowSide }): Promise<Readiness> {
  const primaries = new Set(Object.keys(settings.config.families).map((family) => stages.rolesOf(family, () => NO_CLAIMS).primary));
  const [isLegacyUp, isNestUp] = await Promise.all([canReach(settings.legacyUrl), canReach(settings.candidateUrl)]);
  const down = [...(isLegacyUp ? [] : (["legacy"] as const)), ...(isNestUp ? [] : (["nest"] as const))];
  const reasons = down.filter((system) => primaries.has(system)).map((system) => `${system} cannot be reached`);
  const degraded = down.filter((system) => !primaries.has(system)).map((system) => `${system} cannot be reached`);
  if (side.trouble !== undefined) degraded.push(`store: ${side.trouble}`);
  const blind = selfTestTrouble(side.selfTest, Date.now());
  if (blind !== undefined) degraded.push(blind);
  return { isReady: reasons.length === 0, reasons, degraded };
}
