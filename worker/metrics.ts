import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { DeliveryCounters } from "./ingest/delivery.ts";

const PREFIX = "parallax_worker_";

/** What the worker counts. No label is made of anything that tells a person or a chat. */
export class WorkerMetrics {
  readonly registry = new Registry();
  /** What sockets told their sessions; closes by code. */
  readonly events = this.#counter("session_events_total", "What happened to sessions' sockets", ["event"]);
  readonly closes = this.#counter("session_closes_total", "Sockets that closed, by WhatsApp's code", ["code"]);
  readonly sends = this.#counter("sends_total", "Messages of the outbox, by what became of them", ["fate"]);
  readonly complaints = this.#counter("client_complaints_total", "Warnings and errors of the WhatsApp client library", ["level"]);
  readonly strayed = this.#counter("stray_failures_total", "Failures of the client library that nobody waited for", []);

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: PREFIX });
  }

  watchSessions(phases: () => Iterable<string>): void {
    const gauge = new Gauge({
      name: `${PREFIX}sessions`,
      help: "Sessions leased by this worker, by what they are doing",
      labelNames: ["phase"],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const phase of phases()) this.inc({ phase });
      },
    });
    gauge.reset();
  }

  watchDelivery(counters: () => DeliveryCounters): void {
    const gauge = new Gauge({
      name: `${PREFIX}delivery_items`,
      help: "Items for the ingest API, by what became of them",
      labelNames: ["state"],
      registers: [this.registry],
      collect() {
        for (const [state, count] of Object.entries(counters())) this.set({ state }, count);
      },
    });
    gauge.reset();
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name: `${PREFIX}${name}`, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}
