import { messageOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { LEASE_MS, RENEW_EVERY_MS, type HeldSession, type Lease, type Leases } from "./leases.ts";

/** A lease that cannot be renewed is given up this long before others may take it: its socket must be gone by then. */
const MARGIN_MS = 3_000;

type Held = { readonly lease: Lease; renewedAtMs: number };

export type LeaseKeeperParts = {
  readonly leases: Leases;
  /** A clock that only goes forward. */
  readonly monotonicMs: () => number;
  readonly log: Logger;
  readonly onLost: (sessionId: string) => void;
  readonly onHeld: (session: HeldSession) => void;
};

/** Renews the leases of this worker, all in one statement, and says at once which are no longer its own. */
export class LeaseKeeper {
  readonly #held = new Map<string, Held>();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;

  constructor(private readonly parts: LeaseKeeperParts) {}

  start(): void {
    this.#timer = setInterval(() => void this.renew(), RENEW_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** `askedAtMs`: when the statement that took it was begun. */
  add(lease: Lease, askedAtMs: number): void {
    this.#held.set(lease.sessionId, { lease, renewedAtMs: askedAtMs });
  }

  remove(sessionId: string): void {
    this.#held.delete(sessionId);
  }

  isLive({ sessionId, epoch }: Lease): boolean {
    const held = this.#held.get(sessionId);
    return held !== undefined && held.lease.epoch === epoch && this.parts.monotonicMs() - held.renewedAtMs < LEASE_MS;
  }

  /** Never throws. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renew(): Promise<void> {
    const asked = [...this.#held.values()];
    if (asked.length === 0) return;
    const askedAtMs = this.parts.monotonicMs();
    try {
      const renewed = await this.parts.leases.renew(asked.map(({ lease }) => lease));
      const ours = new Map(renewed.map((session) => [session.sessionId, session]));
      for (const held of asked) {
        const session = ours.get(held.lease.sessionId);
        if (session === undefined) this.#lose(held);
        else {
          held.renewedAtMs = askedAtMs;
          this.parts.onHeld(session);
        }
      }
    } catch (error) {
      this.parts.log.warn({ reason: messageOf(error) }, "leases could not be renewed");
      for (const held of asked) if (this.parts.monotonicMs() - held.renewedAtMs >= LEASE_MS - MARGIN_MS) this.#lose(held);
    }
  }

  #lose({ lease }: Held): void {
    if (this.#held.get(lease.sessionId)?.lease.epoch !== lease.epoch) return;
    this.#held.delete(lease.sessionId);
    this.parts.log.warn({ session: lease.sessionId, epoch: lease.epoch }, "a session's lease is lost");
    this.parts.onLost(lease.sessionId);
  }
}
