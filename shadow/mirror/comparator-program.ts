import { messageOf } from "../../lib/errors.ts";
import { Budget } from "../core/budget.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { Exchange } from "../core/exchange.ts";
import { IdMemory } from "../core/id-memory.ts";
import { NO_CLAIMS } from "../core/subject.ts";
import { Volatility } from "../core/volatility.ts";
import { WriteClock } from "../core/write-clock.ts";
import { WriteExcuses } from "../core/write-excuses.ts";
import { DriftBuffer } from "../store/drift-buffer.ts";
import { EvidenceBuffer } from "../store/evidence-buffer.ts";
import { FieldBuffer } from "../store/field-buffer.ts";
import { Flusher } from "../store/flusher.ts";
import { LedgerBuffer } from "../store/ledger-buffer.ts";
import { connectStore } from "../store/store.ts";
import { Asker } from "./asker.ts";
import type { ComparatorSetup, Decided, FromComparator, ToComparator } from "./bus-messages.ts";
import { decide, type ComparatorParts, type Decision } from "./comparator.ts";
import { decodeBody } from "./decode-body.ts";
import { decideDryRun, DryRunSwitch } from "./dry-run.ts";
import { Recorder } from "./recorder.ts";
import { runSelfTest } from "./self-test.ts";
import { WorkQueue } from "./work-queue.ts";

/** An exchange that waited longer than this is shed: its answer is too old to compare fairly. */
const MAX_WAIT_MS = 5_000;
const REPORT_EVERY_MS = 50;
const SELF_TEST_EVERY_MS = 15_000;
const DRAIN_TIMEOUT_MS = 8_000;

/** The comparator as a program: takes messages from a bus, answers messages. It knows nothing of threads. */
export class ComparatorProgram {
  readonly #endpoints: ReadonlyMap<string, Endpoint>;
  readonly #asker: Asker;
  readonly #parts: ComparatorParts;
  readonly #ledger = new LedgerBuffer();
  readonly #drifts = new DriftBuffer();
  readonly #evidence = new EvidenceBuffer();
  readonly #fields = new FieldBuffer();
  readonly #recorder: Recorder;
  readonly #queue: WorkQueue<Exchange>;
  readonly #flusher: Flusher;
  readonly #store: ReturnType<typeof connectStore>;
  readonly #send: (message: FromComparator) => void;
  readonly #reporter: NodeJS.Timeout;
  readonly #selfTester: NodeJS.Timeout;
  readonly #dryRuns = new DryRunSwitch();
  #decided: Decided[] = [];
  #reportedLimit = 0;

  constructor(setup: ComparatorSetup, send: (message: FromComparator) => void) {
    this.#send = send;
    this.#endpoints = new Map(setup.endpoints.map((endpoint) => [endpoint.id, endpoint]));
    const { candidateConcurrency, candidateTimeoutMs, reReadPerSecond } = setup.limits;
    const { urls, shadowSecret } = setup;
    this.#asker = new Asker({ urls, timeoutMs: candidateTimeoutMs, maxConnections: candidateConcurrency, shadowSecret });
    this.#parts = {
      asker: this.#asker,
      volatility: new Volatility(),
      clock: new WriteClock(),
      excuses: new WriteExcuses(),
      budget: new Budget(reReadPerSecond),
      ids: new IdMemory(),
      subject: setup.subject,
      urls,
    };
    this.#recorder = new Recorder({
      ledger: this.#ledger,
      drifts: this.#drifts,
      evidence: this.#evidence,
      fields: this.#fields,
      redactKey: setup.redactKey,
      buildHeader: setup.buildHeader,
    });
    this.#queue = new WorkQueue({
      max: candidateConcurrency,
      run: (exchange) => this.#work(exchange),
      isExpired: ({ startedAtMs, primary }) => Date.now() - startedAtMs - primary.tookMs > MAX_WAIT_MS,
      shed: (exchange) => this.#shed(exchange),
    });
    this.#store = connectStore({ url: setup.storeUrl, poolMax: 2, applicationName: "parallax comparator" });
    this.#flusher = new Flusher({
      store: this.#store,
      identity: setup,
      ledger: this.#ledger,
      drifts: this.#drifts,
      evidence: this.#evidence,
      fields: this.#fields,
      onState: ({ isUp, reason = "" }) => send({ kind: "store", isUp, reason }),
    });
    this.#flusher.start();
    this.#reporter = setInterval(() => this.#report(), REPORT_EVERY_MS);
    this.#selfTester = setInterval(() => void this.#selfTest(), SELF_TEST_EVERY_MS);
    void this.#selfTest();
  }

  async receive(message: ToComparator): Promise<void> {
    switch (message.kind) {
      case "exchanges":
        return message.exchanges.forEach((exchange) => this.#queue.push(exchange));
      case "writes":
        return message.marks.forEach((mark) => this.#parts.clock.note(mark));
      case "busy":
        return this.#queue.adjust({ kind: "busy", share: message.share, nowMs: Date.now() });
      case "flush":
        this.#report(); // what was decided so far is told before the flush ends: its counts are part of it
        return this.#send({ kind: "flushed", ticket: message.ticket, isWritten: await this.#flusher.flush() });
      case "stop":
        return this.#stop();
    }
  }

  async #work(offered: Exchange): Promise<void> {
    const endpoint = this.#endpoints.get(offered.endpointId);
    if (endpoint === undefined) return this.#shed(offered);
    const { primary } = offered;
    const exchange = { ...offered, primary: { ...primary, body: decodeBody(primary.body, primary.headers, endpoint.capture.maxBytes) } };
    const decision = await this.#decide(exchange, endpoint);
    this.#record(exchange, endpoint, decision);
    this.#adjust(decision);
    this.#note(exchange, decision);
  }

  #shed(exchange: Exchange): void {
    this.#note(exchange, { outcome: "shed" });
  }

  /** Whatever fails in here is the shadow side's own trouble: counted, never passed on. */
  async #decide(exchange: Exchange, endpoint: Endpoint): Promise<Decision> {
    try {
      if (exchange.dryRun !== undefined)
        return await decideDryRun({ ...exchange, dryRun: exchange.dryRun }, endpoint, { ...this.#parts, dryRuns: this.#dryRuns });
      return await decide(exchange, endpoint, this.#parts);
    } catch (error) {
      this.#send({ kind: "trouble", stage: "compare", reason: messageOf(error) });
      return { outcome: "notComparable", reason: "comparator failed", drifts: [], claims: NO_CLAIMS };
    }
  }

  /** A record that cannot be made must not keep the exchange's place on the bus. */
  #record(exchange: Exchange, endpoint: Endpoint, decision: Decision): void {
    try {
      this.#recorder.record(exchange, endpoint, decision);
    } catch (error) {
      this.#send({ kind: "trouble", stage: "record", reason: messageOf(error) });
    }
  }

  #adjust({ outcome, candidate }: Decision): void {
    const nowMs = Date.now();
    if (outcome === "candidateError" || outcome === "candidateTimeout") this.#queue.adjust({ kind: "failed", nowMs });
    else if (candidate !== undefined) this.#queue.adjust({ kind: "answered", tookMs: candidate.tookMs, nowMs });
  }

  #note({ id, endpointId, primary }: Exchange, { outcome, candidate }: Pick<Decision, "outcome" | "candidate">): void {
    this.#decided.push({ id, endpointId, primary: primary.system, outcome, tookMs: candidate?.tookMs });
  }

  async #selfTest(): Promise<void> {
    this.#send({ kind: "selfTest", result: await runSelfTest(decide, Date.now()) });
  }

  #report(): void {
    if (this.#queue.limit !== this.#reportedLimit) this.#send({ kind: "limit", limit: (this.#reportedLimit = this.#queue.limit) });
    if (this.#decided.length === 0) return;
    this.#send({ kind: "decided", decided: this.#decided });
    this.#decided = [];
  }

  async #stop(): Promise<void> {
    await Promise.race([this.#queue.drain(), new Promise((resolve) => setTimeout(resolve, DRAIN_TIMEOUT_MS))]);
    clearInterval(this.#reporter);
    clearInterval(this.#selfTester);
    this.#report();
    await this.#flusher.stop();
    await this.#asker.close();
    await this.#store.$disconnect();
    this.#send({ kind: "stopped" });
  }
}
