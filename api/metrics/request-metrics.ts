import { collectDefaultMetrics, Histogram, Registry } from "prom-client";

export const METRICS_PREFIX = "parallax_api_";
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const MS_PER_S = 1_000;

/** How many requests there were and how long they took. No label is made of anything a client may choose. */
export class RequestMetrics {
  readonly registry = new Registry();
  private readonly durations = new Histogram({
    name: `${METRICS_PREFIX}request_duration_seconds`,
    help: "Time from a request to its reply, by endpoint and status",
    labelNames: ["endpoint", "status"],
    buckets: BUCKETS_S,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: METRICS_PREFIX });
  }

  /** `endpoint` undefined: a path nobody serves. */
  observe(endpoint: string | undefined, status: number, tookMs: number): void {
    this.durations.observe({ endpoint: endpoint ?? "none", status: String(status) }, tookMs / MS_PER_S);
  }
}
