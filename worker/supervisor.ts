import { messageOf } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Database } from "./database.ts";
import { LeaseKeeper } from "./lease/lease-keeper.ts";
import { Leases, type HeldSession, type Lease } from "./lease/leases.ts";
import type { LeaseHold, SessionRunner } from "./session/runner.ts";
import type { StopReason } from "./session/state.ts";

/** The net under the notifications, and how soon a killed worker's sessions are taken over. */
const SWEEP_EVERY_MS = 2_000;
/** Sessions started at once by a sweep; the rest waits for the next. */
const STARTS_PER_SWEEP = 25;

export type SupervisorParts = {
  readonly database: Database;
  readonly workerId: string;
  readonly createRunner: (lease: Lease, hold: LeaseHold, pairingPhone: string | null) => SessionRunner;
  readonly monotonicMs: () => number;
  readonly log: Logger;
};

type Wanted = { readonly desiredState: "RUNNING" | "STOPPED"; readonly pairingPhone: string | null };
type Running = { readonly runner: SessionRunner; readonly lease: Lease };

/** Starts, restores and stops sessions as the database says they are wanted. One worker at a time runs a session. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #leases: Leases;
  readonly #keeper: LeaseKeeper;
  readonly #running = new Map<string, Running>();
  readonly #starting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #isStopping = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#leases = new Leases(parts.database, parts.workerId);
    this.#keeper = new LeaseKeeper({
      leases: this.#leases,
      monotonicMs: parts.monotonicMs,
      log: parts.log,
      onLost: (sessionId) => void this.#afterLoss(sessionId),
      onHeld: (session) => this.#heed(session.sessionId, session),
    });
  }

  /** Sessions that run here, by what they are doing. */
  phases(): ReadonlyMap<string, string> {
    return new Map([...this.#running].map(([sessionId, { runner }]) => [sessionId, runner.phase]));
  }

  start(): void {
    this.#keeper.start();
    this.#timer = setInterval(() => void this.sweep(), SWEEP_EVERY_MS);
    void this.sweep();
  }

  /** Ends every socket and gives every lease back: another worker goes on at once. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#sweeping;
    const running = [...this.#running.values()];
    for (const { runner } of running) runner.stop("handed_over");
    await Promise.all(running.map(({ runner }) => runner.done()));
    // Leases are given back after `done`; the last renewal must not follow.
    while (this.#ended.size > 0) await Promise.all(this.#ended.values());
    this.#keeper.stop();
  }

  readonly #ended = new Map<string, Promise<void>>();

  /** Somebody said that this session is wanted otherwise. Never throws. */
  async look(sessionId: string): Promise<void> {
    try {
      const wanted = await this.#wantedOf(sessionId);
      if (this.#running.has(sessionId)) this.#heed(sessionId, wanted);
      else if (wanted?.desiredState === "RUNNING") await this.#startSession(sessionId, []);
    } catch (error) {
      this.#parts.log.warn({ session: sessionId, reason: messageOf(error) }, "a session could not be looked at");
    }
  }

  /** An API says there is no such session. */
  forget(sessionId: string): void {
    this.#running.get(sessionId)?.runner.stop("deleted");
  }

  /** Takes what is wanted and nobody's. Never throws. */
  sweep(): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #sweep(): Promise<void> {
    try {
      const dead = await this.#leases.deadOwners();
      const unowned = await this.#leases.unowned(dead);
      const free = unowned.filter((sessionId) => !this.#running.has(sessionId));
      await Promise.all(free.slice(0, STARTS_PER_SWEEP).map((sessionId) => this.#startSession(sessionId, dead)));
    } catch (error) {
      this.#parts.log.warn({ reason: messageOf(error) }, "sessions could not be looked for");
    }
  }

  async #startSession(sessionId: string, deadOwners: readonly string[]): Promise<void> {
    if (this.#isStopping || this.#starting.has(sessionId) || this.#running.has(sessionId)) return;
    this.#starting.add(sessionId);
    try {
      const askedAtMs = this.#parts.monotonicMs();
      const lease = await this.#leases.acquire(sessionId, deadOwners);
      if (lease === undefined) return;
      if (this.#isStopping) return await this.#leases.release(lease);
      this.#keeper.add(lease, askedAtMs);
      this.#run(lease, (await this.#wantedOf(sessionId))?.pairingPhone ?? null);
    } finally {
      this.#starting.delete(sessionId);
    }
  }

  #run(lease: Lease, pairingPhone: string | null): void {
    const hold: LeaseHold = { isLive: () => this.#keeper.isLive(lease), doubt: () => void this.#afterLoss(lease.sessionId) };
    const runner = this.#parts.createRunner(lease, hold, pairingPhone);
    this.#running.set(lease.sessionId, { runner, lease });
    this.#parts.log.info({ session: lease.sessionId, epoch: lease.epoch }, "session taken");
    this.#ended.set(
      lease.sessionId,
      runner.done().then(() => this.#release(lease)),
    );
    runner.start();
  }

  async #release(lease: Lease): Promise<void> {
    const { log } = this.#parts;
    this.#keeper.remove(lease.sessionId);
    try {
      await this.#leases.release(lease);
      log.info({ session: lease.sessionId, epoch: lease.epoch }, "session let go");
    } catch (error) {
      log.warn({ session: lease.sessionId, reason: messageOf(error) }, "a lease could not be given back; it runs out by itself");
    }
    this.#running.delete(lease.sessionId);
    this.#ended.delete(lease.sessionId);
  }

  #heed(sessionId: string, wanted: Wanted | HeldSession | undefined): void {
    const runner = this.#running.get(sessionId)?.runner;
    if (runner === undefined) return;
    if (wanted?.desiredState === "RUNNING") return runner.pairWith(wanted.pairingPhone);
    runner.stop(wanted === undefined ? "deleted" : "stopped_by_user");
  }

  /** Gone with its row, or to another worker. */
  async #afterLoss(sessionId: string): Promise<void> {
    const reason: StopReason = await this.#wantedOf(sessionId).then(
      (wanted) => (wanted === undefined ? "deleted" : "lease_lost"),
      () => "lease_lost" as const,
    );
    this.#running.get(sessionId)?.runner.stop(reason);
  }

  async #wantedOf(sessionId: string): Promise<Wanted | undefined> {
    const [row] = await this.#parts.database.query<Wanted>(`select "desiredState", "pairingPhone" from whatsapp_sessions where "sessionId" = $1`, [
      sessionId,
    ]);
    return row;
  }
}
