import { Controller, Inject, Res } from "@nestjs/common";
import type { FastifyReply } from "fastify";
import { Counter } from "prom-client";
import { ServiceRoute } from "../http/endpoint.decorator.ts";
import { EMISSION_OUTCOMES, EmissionCounters } from "../realtime/emission-counters.ts";
import { METRICS } from "../runtime/tokens.ts";
import { METRICS_PREFIX, type RequestMetrics } from "./request-metrics.ts";

/** What the service counts, for Prometheus. */
@Controller()
export class MetricsController {
  constructor(
    @Inject(METRICS) private readonly metrics: RequestMetrics,
    counters: EmissionCounters,
  ) {
    metrics.registry.registerMetric(createEmissionCounter(counters));
  }

  @ServiceRoute("/metrics")
  async render(@Res() reply: FastifyReply): Promise<void> {
    const { registry } = this.metrics;
    await reply.header("content-type", registry.contentType).send(await registry.metrics());
  }
}

function createEmissionCounter(counters: EmissionCounters): Counter<"outcome"> {
  return new Counter({
    name: `${METRICS_PREFIX}emissions_total`,
    help: "Realtime events by what became of them",
    labelNames: ["outcome"],
    registers: [],
    collect() {
      this.reset();
      for (const outcome of EMISSION_OUTCOMES) this.inc({ outcome }, counters.of(outcome));
    },
  });
}
