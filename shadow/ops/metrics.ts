import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { Tally } from "./tally.ts";
import type { SelfTestReport } from "../core/summary/report.ts";
import type { EmissionEnd } from "../core/emissions/emission-ledger.ts";
import type { Outcome, System } from "../core/types.ts";

/** Prometheus metrics of the proxy, prefix `parallax_`. Labels are bounded: endpoints and stages come from the configuration. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Tally(this.registry, {
    name: "parallax_requests_total",
    help: "Requests answered, by endpoint, owner and class of status",
    labelNames: ["endpoint", "system", "status"],
  });
  readonly #outcomes = new Tally(this.registry, {
    name: "parallax_reads_total",
    help: "Eligible reads, by endpoint and what became of them",
    labelNames: ["endpoint", "outcome"],
  });
  readonly #sends = new Tally(this.registry, {
    name: "parallax_sends_total",
    help: "Requests to send, by endpoint and what became of them",
    labelNames: ["endpoint", "outcome"],
  });
  readonly #emissions = new Tally(this.registry, {
    name: "parallax_emissions_total",
    help: "Captured emissions, by event and what became of them; a pair counts once",
    labelNames: ["event", "outcome"],
  });
  readonly #tapCalls = new Tally(this.registry, {
    name: "parallax_tap_calls_total",
    help: "Calls of emitters to the tap, by system and result",
    labelNames: ["system", "result"],
  });
  readonly #primaryErrors = this.#counter("primary_errors_total", "Requests that the owner did not answer", ["endpoint", "code"]);
  readonly #fallbacks = this.#counter("fallbacks_total", "Reads that nest did not answer and legacy did", ["endpoint"]);
  readonly #shadowErrors = this.#counter("shadow_errors_total", "Failures of the shadow side's own machinery, by stage", ["stage"]);
  readonly #deleted = this.#counter("retention_deleted_total", "Rows of the store deleted because they were too old or too many", ["table"]);
  readonly #limit = this.#gauge("candidate_limit", "Candidate calls allowed at once; below 1 a share of the time");
  readonly #selfTestMissed = this.#gauge("self_test_missed", "Cases of the detector's last self-test that it judged wrongly");
  readonly #selfTestCases = this.#gauge("self_test_cases", "Cases of the detector's last self-test");
  readonly #selfTestAt = this.#gauge("self_test_timestamp_seconds", "When the detector was last tested");
  readonly #storeUp = this.#gauge("store_up", "1 while the store takes what is counted");

  constructor(sources: { readonly busSize: () => number; readonly emissionsPending: () => number }) {
    collectDefaultMetrics({ register: this.registry, prefix: "parallax_" });
    const busSize: Gauge = new Gauge({
      name: "parallax_bus_size",
      help: "Exchanges accepted and not decided",
      registers: [this.registry],
      collect: (): void => busSize.set(sources.busSize()),
    });
    const pending: Gauge = new Gauge({
      name: "parallax_emissions_pending",
      help: "Emissions captured and not decided",
      registers: [this.registry],
      collect: (): void => pending.set(sources.emissionsPending()),
    });
  }

  served({ endpointId, system, status }: { readonly endpointId: string; readonly system: System; readonly status: number }): void {
    this.#requests.add(endpointId, system, `${Math.floor(status / 100)}xx`);
  }

  decided(endpointId: string, outcome: Outcome): void {
    this.#outcomes.add(endpointId, outcome);
  }

  send(endpointId: string, outcome: string): void {
    this.#sends.add(endpointId, outcome);
  }

  emission(event: string, end: EmissionEnd): void {
    this.#emissions.add(event, end);
  }

  tapCall(system: System | "unknown", result: string): void {
    this.#tapCalls.add(system, result);
  }

  primaryError(endpointId: string, code: string): void {
    this.#primaryErrors.inc({ endpoint: endpointId, code });
  }

  fallback(endpointId: string): void {
    this.#fallbacks.inc({ endpoint: endpointId });
  }

  shadowError(stage: string): void {
    this.#shadowErrors.inc({ stage });
  }

  limit(value: number): void {
    this.#limit.set(value);
  }

  retained(deleted: Readonly<Record<string, number>>): void {
    for (const [table, count] of Object.entries(deleted)) this.#deleted.inc({ table }, count);
  }

  selfTest({ of, missed, at }: SelfTestReport): void {
    this.#selfTestMissed.set(missed.length);
    this.#selfTestCases.set(of);
    this.#selfTestAt.set(Date.parse(at) / 1000);
  }

  storeUp(isUp: boolean): void {
    this.#storeUp.set(isUp ? 1 : 0);
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name: `parallax_${name}`, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name: `parallax_${name}`, help, registers: [this.registry] });
  }
}
