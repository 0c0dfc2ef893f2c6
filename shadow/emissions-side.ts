import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { codeOf, AppError } from "../lib/errors.ts";
import { createRedactor } from "../lib/redact.ts";
import { formatOf } from "./core/shape.ts";
import { Collector } from "./emissions/collector.ts";
import { Derivations } from "./emissions/derivations.ts";
import { EmissionFields } from "./emissions/emission-fields.ts";
import { EmissionRecorder } from "./emissions/emission-recorder.ts";
import type { EmissionsConfigPart } from "./emissions/emissions-config.ts";
import { Forwarder } from "./emissions/forwarder.ts";
import { keepAlive, lastAliveMs } from "./emissions/last-alive.ts";
import { Rederivation } from "./emissions/rederivation.ts";
import { Router } from "./emissions/router.ts";
import { closeTapServer, createTapServer } from "./emissions/tap-server.ts";
import { Tap } from "./emissions/tap.ts";
import { WorkQueue } from "./mirror/work-queue.ts";
import type { Metrics } from "./ops/metrics.ts";
import type { Stages } from "./cutover/stages.ts";
import type { ShadowSettings } from "./settings.ts";
import { DriftBuffer } from "./store/drift-buffer.ts";
import { EmissionBuffer } from "./store/emission-buffer.ts";
import { EvidenceBuffer } from "./store/evidence-buffer.ts";
import { FieldBuffer } from "./store/field-buffer.ts";
import { Flusher } from "./store/flusher.ts";
import { LedgerBuffer } from "./store/ledger-buffer.ts";
import type { StoreClient } from "./store/store.ts";

export type EmissionsSideOptions = {
  readonly settings: ShadowSettings;
  readonly stages: Stages;
  readonly metrics: Metrics;
  readonly onError: (error: unknown) => void;
};

type Connection = {
  readonly client: StoreClient;
  readonly run: string;
  readonly onState: (state: { readonly isUp: boolean; readonly reason?: string }) => void;
};

/** For how long after a minute its figures may still move. */
const MIN_KEEP_MS = 5 * 60_000;
/** What calls to the real server may take once the tap stops. */
const CLOSE_GRACE_MS = 10_000;

/** The tap and what stands behind it. Emitters hear nothing of the latter. */
export class EmissionsSide {
  readonly #options: EmissionsSideOptions;
  readonly #counts: EmissionBuffer;
  readonly #drifts = new DriftBuffer();
  readonly #evidence = new EvidenceBuffer();
  readonly #fields = new FieldBuffer();
  readonly #collector: Collector;
  readonly #forwarder: Forwarder | undefined;
  readonly #server: Server | undefined;
  #flusher: Flusher | undefined;
  #rest: (() => void) | undefined;

  constructor(options: EmissionsSideOptions) {
    this.#options = options;
    const { settings, stages, metrics, onError } = options;
    const { emissions, subject } = settings.config;
    const config: EmissionsConfigPart = { ...emissions, tenantMember: subject.tenant };
    this.#counts = new EmissionBuffer(Math.max(MIN_KEEP_MS, 2 * emissions.windowMs));
    const isRestart = settings.tap !== undefined && Date.now() - (lastAliveMs(settings.dataDir) ?? -Infinity) < emissions.windowMs;
    this.#collector = new Collector({
      config,
      derivations: emissions.mode === "single-writer" ? createDerivations(settings) : undefined,
      isMirrored: (family) => stages.stageOf(family) !== "legacy",
      isRestart,
      onError,
      recorder: new EmissionRecorder({
        counts: this.#counts,
        drifts: this.#drifts,
        evidence: this.#evidence,
        fields: new EmissionFields(this.#fields),
        redactor: createRedactor({ key: settings.redactKey, classOf: formatOf }),
        evidenceKey: settings.redactKey,
        specOf: emissions.specOf,
        tenantMember: subject.tenant,
        onEnd: (event, end) => metrics.emission(event, end),
      }),
    });
    if (settings.tap === undefined) return;
    this.#forwarder = settings.tap.target === undefined ? undefined : new Forwarder(settings.tap.target);
    const tap = new Tap({
      apps: settings.tap.apps,
      router: new Router(config, (family, claims) => stages.ownerOf(family, claims).owner),
      forwarder: this.#forwarder,
      events: {
        onCaptured: (captured) => this.#collector.offer(captured),
        onTrouble: () => this.#collector.noteTrouble(),
        onCall: (system, result) => metrics.tapCall(system, result),
        onError,
      },
    });
    this.#server = createTapServer(tap, onError);
  }

  /** Emissions captured and not decided. */
  get size(): number {
    return this.#collector.size;
  }

  /** The port of the tap; undefined when no system's app is configured. Throws `USAGE_PORT_IN_USE`. */
  async start(): Promise<number | undefined> {
    const { settings, onError } = this.#options;
    const server = this.#server;
    if (server === undefined || settings.tap === undefined) return undefined;
    const { port } = settings.tap;
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) => reject(codeOf(error) === "EADDRINUSE" ? portInUse(port, settings.host, error) : error));
      server.listen(port, settings.host, resolve);
    });
    this.#rest = keepAlive(settings.dataDir, onError);
    return (server.address() as AddressInfo).port;
  }

  /** The store answers: what is counted is written from now on. */
  connect({ client, run, onState }: Connection): void {
    if (this.#server === undefined) return;
    this.#flusher = new Flusher({
      store: client,
      identity: { run, writer: "tap" },
      ledger: new LedgerBuffer(),
      drifts: this.#drifts,
      evidence: this.#evidence,
      fields: this.#fields,
      emissions: this.#counts,
      onState,
    });
    this.#flusher.start();
  }

  async flush(): Promise<void> {
    this.#collector.drain();
    await this.#flusher?.flush();
  }

  /** Takes no more calls, finishes those under way, writes what is known. */
  async stop(): Promise<void> {
    if (this.#server?.listening === true) await closeTapServer(this.#server, CLOSE_GRACE_MS);
    await this.#forwarder?.close();
    await this.#collector.stop();
    this.#rest?.();
    await this.#flusher?.stop();
  }
}

function createDerivations({ config, candidateUrl, shadowSecret }: ShadowSettings): Derivations | undefined {
  const path = config.shadowing.emissions;
  if (path === undefined) return undefined;
  const { candidateConcurrency: max, candidateTimeoutMs: timeoutMs } = config.limits;
  const rederivation = new Rederivation({ url: candidateUrl, path, timeoutMs, maxConnections: max, shadowSecret });
  return new Derivations(rederivation, (options) => new WorkQueue(options), max);
}

function portInUse(port: number, host: string, cause: unknown): AppError {
  return new AppError("USAGE_PORT_IN_USE", `port ${port} on ${host} is in use; give another one (--tap-port)`, { cause });
}
