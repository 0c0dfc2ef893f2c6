import { Injectable } from "@nestjs/common";

/**
 * What became of emissions. recorded: written with a fact · skipped: no broker configured · broadcast: taken by the broker ·
 * retried: one more try after a failed one · deferred: left in the outbox for the drain · refused: never to be taken ·
 * expired: too old to be of use.
 */
export const EMISSION_OUTCOMES = ["recorded", "skipped", "broadcast", "retried", "deferred", "refused", "expired"] as const;
export type EmissionOutcome = (typeof EMISSION_OUTCOMES)[number];

@Injectable()
export class EmissionCounters {
  private readonly counts = new Map<EmissionOutcome, number>();

  count(outcome: EmissionOutcome, times = 1): void {
    this.counts.set(outcome, this.of(outcome) + times);
  }

  of(outcome: EmissionOutcome): number {
    return this.counts.get(outcome) ?? 0;
  }
}
