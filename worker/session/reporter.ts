import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery, ReportKind, ReportOutcome } from "../ingest/delivery.ts";
import type { Lease } from "../lease/leases.ts";
import type { StateReport } from "./state.ts";

const RETRY_EVERY_MS = 5_000;

/** Tells the API of one session, in order, numbered under the lease's epoch. */
export class Reporter {
  #seq = 0;
  #last: Promise<ReportOutcome> = Promise.resolve("unchanged");

  constructor(
    private readonly delivery: Delivery,
    private readonly lease: Lease,
    private readonly nowMs: () => number,
    private readonly onOutcome: (outcome: ReportOutcome) => void,
  ) {}

  /** `atMs`: when it happened; now when absent. */
  state(report: StateReport, atMs?: number): void {
    this.#tell("state", { ...report, occurredAt: this.#instant(atMs) });
  }

  code(kind: "qr" | "pairing", text: string): void {
    this.#tell("qr", { ...(kind === "qr" ? { qr: text } : { pairingCode: text }), occurredAt: this.#instant(undefined) });
  }

  /** Resolves when everything told was answered, or waits in the spool. */
  async settle(): Promise<void> {
    await this.#last;
  }

  /**
   * Resolves when the last report has arrived. Until then its verdict is nowhere but here and in the spool: given back, the
   * session would be started again by the next worker.
   */
  async arrived(signal: AbortSignal): Promise<void> {
    while (isWaiting(await this.#last) && !signal.aborted) {
      await sleep(RETRY_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) this.#again();
    }
  }

  #lastCall: { readonly kind: ReportKind; readonly body: object } | undefined;

  #tell(kind: ReportKind, fields: object): void {
    this.#seq += 1;
    this.#lastCall = { kind, body: { epoch: this.lease.epoch, seq: this.#seq, ...fields } };
    this.#again();
  }

  #again(): void {
    const call = this.#lastCall;
    if (call === undefined) return;
    this.#last = this.#last.then(async () => {
      const outcome = await this.delivery.report(this.lease.sessionId, call.kind, call.body);
      this.onOutcome(outcome);
      return outcome;
    });
  }

  #instant(atMs: number | undefined): string {
    return new Date(atMs ?? this.nowMs()).toISOString();
  }
}

/** Not known to any API. A rejected report is a fault of ours; going on as if nothing had happened would be another one. */
function isWaiting(outcome: ReportOutcome): boolean {
  return outcome === "spooled" || outcome === "rejected";
}
