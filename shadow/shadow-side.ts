import { randomUUID } from "node:crypto";
import { messageOf } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { createRedactor, type Redactor } from "../lib/redact.ts";
import { minuteOf, type Exchange, type WriteMark } from "./core/exchange.ts";
import { judgeFamilies } from "./core/gate/judge-families.ts";
import { neededFacts } from "./core/gate/needed-facts.ts";
import { buildReport } from "./core/summary/build-report.ts";
import { formatOf } from "./core/shape.ts";
import { traitsOf } from "./core/traits.ts";
import type { Report, SelfTestReport } from "./core/summary/report.ts";
import { reportedEndpoints } from "./core/summary/reported-endpoints.ts";
import type { Outcome } from "./core/types.ts";
import type { Cutover } from "./cutover/cutover.ts";
import type { Bus, Decided } from "./mirror/bus-messages.ts";
import { startThreadBus } from "./mirror/thread-bus.ts";
import type { EmissionsSide } from "./emissions-side.ts";
import type { Metrics } from "./ops/metrics.ts";
import { StoreDown } from "./ops/ops-server.ts";
import type { ReadEnd } from "./proxy/serve.ts";
import type { ShadowSettings } from "./settings.ts";
import { Flusher } from "./store/flusher.ts";
import { LedgerBuffer } from "./store/ledger-buffer.ts";
import { readFamilyFacts } from "./store/read-family-facts.ts";
import { readFacts } from "./store/read-facts.ts";
import { SEND_DIMENSION } from "./store/read-sends.ts";
import { startRetention } from "./store/retention-job.ts";
import { endRun } from "./store/runs.ts";
import type { StoreClient } from "./store/store.ts";
import { StoreLink } from "./store-link.ts";

export type ShadowSideOptions = {
  readonly settings: ShadowSettings;
  readonly log: Logger;
  readonly cutover: Cutover;
  readonly metrics: Metrics;
  /** Where the store is; starts the embedded server when that is where it is. */
  readonly locateStore: () => Promise<string>;
  /** What is captured of realtime is written beside what is compared here. */
  readonly emissions: () => EmissionsSide;
  readonly onDecided: (decided: Decided) => void;
  /** The store answers, its schema is up to date. Called once. */
  readonly onConnected: (url: string) => void;
};

/**
 * Everything behind the client's back: the ledger, the bus, the store. Serving tells it what happened and never waits for
 * it; whatever fails in here is counted and touches nothing else.
 */
export class ShadowSide {
  readonly #options: ShadowSideOptions;
  readonly #run = randomUUID();
  readonly #ledger = new LedgerBuffer();
  readonly #link: StoreLink;
  readonly #redactor: Redactor;
  #bus: Bus | undefined;
  #flusher: Flusher | undefined;
  #selfTest: SelfTestReport | undefined;
  #stopRetention: (() => void) | undefined;

  constructor(options: ShadowSideOptions) {
    this.#options = options;
    this.#redactor = createRedactor({ key: options.settings.redactKey, classOf: formatOf });
    const { settings, log, cutover, metrics, locateStore } = options;
    this.#link = new StoreLink({
      log,
      locate: locateStore,
      seeds: Object.fromEntries(Object.entries(settings.config.families).map(([family, { stage }]) => [family, stage])),
      onStages: (known) => cutover.take(known),
      onConnected: (connection) => this.#startComparing(connection),
      onState: (isUp) => metrics.storeUp(isUp),
    });
  }

  /** Tries the store once; when it does not answer, goes on trying in the background. */
  start(): Promise<void> {
    return this.#link.connect();
  }

  get busSize(): number {
    return this.#bus?.size() ?? 0;
  }

  /** Why nothing is compared right now; undefined when all is well. */
  get trouble(): string | undefined {
    return this.#link.trouble;
  }

  /** How the detector did when it was last tested. */
  get selfTest(): SelfTestReport | undefined {
    return this.#selfTest;
  }

  onRead({ endpointId, minuteMs, primary, tookMs, traffic, outcome, reason }: ReadEnd): void {
    this.#ledger.count(endpointId, minuteMs, "eligible");
    if (tookMs !== undefined) this.#ledger.latency(endpointId, minuteMs, { system: primary, tookMs });
    if (outcome !== "notComparable")
      this.#ledger.cover(endpointId, minuteMs, { dimension: `call:${primary}`, value: outcome === "primaryError" ? "failed" : "answered" });
    if (traffic !== undefined)
      for (const { dimension, value } of traitsOf(traffic, this.#redactor.identity))
        this.#ledger.cover(endpointId, minuteMs, { dimension: `seen:${dimension}`, value });
    if (outcome === undefined) return;
    if (reason !== undefined) this.#ledger.cover(endpointId, minuteMs, { dimension: outcome, value: reason });
    this.#count(endpointId, minuteMs, outcome);
  }

  /** What became of an eligible read. Counted here, beside `eligible`, so that no thread that dies can take a count with it. */
  #count(endpointId: string, minuteMs: number, outcome: Outcome): void {
    this.#ledger.count(endpointId, minuteMs, outcome);
    this.#options.metrics.decided(endpointId, outcome);
  }

  /** False: shed. While the store is down nothing is compared: it could not be kept. */
  offer(bodyBytes: number, make: () => Exchange): boolean {
    return this.#link.trouble === undefined && this.#bus?.offer(bodyBytes, make) === true;
  }

  /** What became of a request to send; counted for the report. */
  onSend(endpointId: string, outcome: string): void {
    this.#ledger.cover(endpointId, minuteOf(Date.now()), { dimension: SEND_DIMENSION, value: outcome });
  }

  onWrite(mark: WriteMark): void {
    this.#bus?.noteWrite(mark);
  }

  /** The client of the store. Throws `StoreDown` while there is none. */
  store(): StoreClient {
    if (this.#link.client === undefined || this.#link.trouble !== undefined) throw new StoreDown(this.#link.trouble ?? "not connected yet");
    return this.#link.client;
  }

  /** Comparator first: what it decided was counted as eligible before, so the sums never run ahead. */
  async flush(): Promise<void> {
    await this.#bus?.flush();
    await Promise.all([this.#flusher?.flush(), this.#options.emissions().flush()]);
  }

  async summary(sinceMs: number): Promise<Report> {
    const { cutover } = this.#options;
    const { config } = this.#options.settings;
    const store = this.store();
    await this.flush();
    const now = new Date();
    const endpoints = reportedEndpoints(config.endpoints, (family) => cutover.stages.stageOf(family));
    const [facts, families] = await Promise.all([
      readFacts(store, { since: new Date(now.getTime() - sinceMs), now, confidence: config.gate.confidence, endpoints }),
      readFamilyFacts(store, neededFacts(config, now)),
    ]);
    return buildReport({ ...facts, gates: judgeFamilies(families, { config, now }) }, this.#selfTest ?? null);
  }

  /** Drains the bus, writes what is left, says that this run has ended. */
  async stop(): Promise<void> {
    this.#stopRetention?.();
    await this.#bus?.stop();
    await this.#flusher?.stop();
    await this.#options.cutover.stop();
    if (this.#link.client !== undefined && this.#link.trouble === undefined) {
      await endRun(this.#link.client, this.#run).catch((error: unknown) => this.onShadowError("end of run", error));
    }
    await this.#link.close();
  }

  #startComparing({ client, url }: { readonly client: StoreClient; readonly url: string }): void {
    if (this.#flusher !== undefined) return;
    const { settings, metrics, cutover } = this.#options;
    const { config } = settings;
    cutover.connect({ client, url });
    this.#options.onConnected(url);
    const onStore = (state: { readonly isUp: boolean; readonly reason?: string }): void => this.#link.note(state);
    this.#flusher = new Flusher({ store: client, identity: { run: this.#run, writer: "proxy" }, ledger: this.#ledger, onState: onStore });
    this.#flusher.start();
    this.#options.emissions().connect({ client, run: this.#run, onState: onStore });
    this.#stopRetention = startRetention({
      store: client,
      limits: config.retention,
      onDeleted: (deleted) => metrics.retained(deleted),
      onError: (error) => this.onShadowError("retention", error),
    });
    this.#bus = startThreadBus({
      maxSize: config.limits.busSize,
      setup: {
        run: this.#run,
        writer: "comparator",
        storeUrl: url,
        urls: { legacy: settings.legacyUrl, nest: settings.candidateUrl },
        endpoints: config.endpoints,
        limits: config.limits,
        subject: config.subject,
        redactKey: settings.redactKey,
        buildHeader: config.buildHeader,
        shadowSecret: settings.shadowSecret,
      },
      events: {
        onDecided: (decided) => {
          this.#count(decided.endpointId, decided.minuteMs, decided.outcome);
          this.#options.onDecided(decided);
        },
        onLost: ({ endpointId, minuteMs }) => this.#count(endpointId, minuteMs, "shed"),
        onStore,
        onLimit: (limit) => metrics.limit(limit),
        onSelfTest: (result) => this.#noteSelfTest(result),
        onError: (stage, error) => this.onShadowError(stage, error),
      },
    });
  }

  #noteSelfTest(result: SelfTestReport): void {
    this.#selfTest = result;
    this.#options.metrics.selfTest(result);
    if (result.missed.length > 0) this.#options.log.error({ missed: result.missed }, "the detector failed its self-test");
  }

  /** The one place where the shadow side's own failures end. */
  onShadowError(stage: string, error: unknown): void {
    this.#options.metrics.shadowError(stage);
    this.#options.log.error({ stage, reason: messageOf(error) }, "the shadow side failed; clients are not affected");
  }
}
