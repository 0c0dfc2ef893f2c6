import { initAuthCreds, type AuthenticationCreds } from "@whiskeysockets/baileys";
import type { Database } from "../database.ts";
import { authStateKeyError, leaseLostError } from "../errors.ts";
import type { Lease } from "../lease/leases.ts";
import type { Sealer } from "./envelope.ts";

/** A device's credentials, in the session's row. */
export class Credentials {
  constructor(
    private readonly database: Database,
    private readonly lease: Lease,
    private readonly sealer: Sealer,
  ) {}

  /** Those of the paired device, else new ones: what an abandoned pairing left behind would be taken for a login. */
  async load(): Promise<AuthenticationCreds> {
    const [row] = await this.database.query<{ creds: Record<string, unknown> }>(`select creds from whatsapp_sessions where "sessionId" = $1`, [
      this.lease.sessionId,
    ]);
    if (row === undefined || Object.keys(row.creds).length === 0) return initAuthCreds();
    const creds = this.#open(row.creds);
    return isPaired(creds) ? creds : initAuthCreds();
  }

  /** Throws `WORKER_LEASE_LOST` when the lease is another worker's by now. */
  async save(creds: AuthenticationCreds): Promise<void> {
    // A pairing that is not complete is nothing to come back to; the row holds no credentials until there are any.
    if (!isPaired(creds)) return;
    await this.#write(this.sealer.seal(creds, this.#place()));
  }

  /** Credentials and every key. */
  async wipe(): Promise<void> {
    await this.#write("{}");
    await this.database.query(
      `delete from whatsapp_session_keys k using whatsapp_sessions s
       where k."sessionId" = $1 and s."sessionId" = k."sessionId" and s."leaseEpoch" = $2`,
      [this.lease.sessionId, this.lease.epoch],
    );
  }

  async #write(creds: string): Promise<void> {
    const { sessionId, epoch } = this.lease;
    const [written] = await this.database.query(
      `update whatsapp_sessions set creds = $3::jsonb where "sessionId" = $1 and "leaseEpoch" = $2 returning 1`,
      [sessionId, epoch, creds],
    );
    if (written === undefined) throw leaseLostError(sessionId, epoch);
  }

  #open(stored: unknown): AuthenticationCreds {
    try {
      return this.sealer.open(stored, this.#place()) as AuthenticationCreds;
    } catch (error) {
      throw authStateKeyError(this.lease.sessionId, error);
    }
  }

  #place(): string {
    return `${this.lease.sessionId}/creds`;
  }
}

/** `creds.registered` stays false after pairing by QR, and `creds.me` is set before pairing by code is done: the signed identity tells. */
export function isPaired({ me, account }: Pick<AuthenticationCreds, "me" | "account">): boolean {
  return me !== undefined && account !== undefined;
}
