import { UTC_NOW, type Database } from "../database.ts";
import { livenessKey } from "./liveness.ts";

/** How long a lease holds without being renewed (contract 6.1). */
export const LEASE_MS = 15_000;
export const RENEW_EVERY_MS = 5_000;

const EXPIRY = `${UTC_NOW} + interval '${LEASE_MS} milliseconds'`;

/** The right to hold a session's socket and to write for it. Each has an epoch of its own, which only grows. */
export type Lease = { readonly sessionId: string; readonly tenantId: string; readonly epoch: number };

/** A session whose lease is still ours, as it is wanted now. */
export type HeldSession = { readonly sessionId: string; readonly desiredState: "RUNNING" | "STOPPED"; readonly pairingPhone: string | null };

/** Leases of sessions, each taken and renewed by one conditional UPDATE. `updatedAt` stays: a lease is no news of the session. */
export class Leases {
  constructor(
    private readonly database: Database,
    private readonly workerId: string,
  ) {}

  /** Takes a session's lease if it is wanted and nobody's, run out, or a dead worker's. */
  async acquire(sessionId: string, deadOwners: readonly string[] = []): Promise<Lease | undefined> {
    const [lease] = await this.database.query<Lease>(
      `update whatsapp_sessions set "leaseOwner" = $2, "leaseEpoch" = "leaseEpoch" + 1, "leaseExpiresAt" = ${EXPIRY}
       where "sessionId" = $1 and "desiredState" = 'RUNNING'
         and ("leaseOwner" is null or "leaseOwner" = $2 or "leaseOwner" = any($3) or "leaseExpiresAt" is null or "leaseExpiresAt" < ${UTC_NOW})
       returning "sessionId", "tenantId", "leaseEpoch" as epoch`,
      [sessionId, this.workerId, [...deadOwners]],
    );
    return lease;
  }

  /** Renews what is still ours, and says what is wanted of it; what is missing in the answer is lost. */
  renew(leases: readonly Lease[]): Promise<HeldSession[]> {
    return this.database.query<HeldSession>(
      `update whatsapp_sessions s set "leaseExpiresAt" = ${EXPIRY}
       from unnest($1::text[], $2::int[]) as held(id, epoch)
       where s."sessionId" = held.id and s."leaseEpoch" = held.epoch and s."leaseOwner" = $3
       returning s."sessionId", s."desiredState", s."pairingPhone"`,
      [leases.map(({ sessionId }) => sessionId), leases.map(({ epoch }) => epoch), this.workerId],
    );
  }

  /** Gives a lease back, and tells the other workers when the session is to go on. */
  async release({ sessionId, epoch }: Lease): Promise<void> {
    await this.database.query(
      `with released as (
         update whatsapp_sessions set "leaseOwner" = null, "leaseExpiresAt" = null
         where "sessionId" = $1 and "leaseEpoch" = $2 and "leaseOwner" = $3 returning "desiredState")
       select pg_notify('whatsapp_session', $1) from released where "desiredState" = 'RUNNING'`,
      [sessionId, epoch, this.workerId],
    );
  }

  /** Workers whose leases have not run out, but whose process is gone. */
  async deadOwners(): Promise<string[]> {
    const rows = await this.database.query<{ owner: string }>(
      `select owner from (
         select owner, pg_try_advisory_xact_lock(${livenessKey("owner")}) as "isDead" from (
           select distinct "leaseOwner" as owner from whatsapp_sessions
           where "leaseOwner" <> $1 and "desiredState" = 'RUNNING' and "leaseExpiresAt" >= ${UTC_NOW}) as owners) as judged
       where "isDead"`,
      [this.workerId],
    );
    return rows.map(({ owner }) => owner);
  }

  /** Sessions that are wanted and not leased to a living worker. */
  async unowned(deadOwners: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ sessionId: string }>(
      `select "sessionId" from whatsapp_sessions
       where "desiredState" = 'RUNNING'
         and ("leaseOwner" is null or "leaseOwner" = any($1) or "leaseExpiresAt" is null or "leaseExpiresAt" < ${UTC_NOW})
       order by "leaseExpiresAt" nulls first, id`,
      [[...deadOwners]],
    );
    return rows.map(({ sessionId }) => sessionId);
  }
}
