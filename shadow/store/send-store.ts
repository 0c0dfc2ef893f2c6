import { Pool } from "pg";
import type { SendState } from "../core/send-ledger/send-record.ts";
import type { SettledState } from "../core/send-ledger/settle-send.ts";
import type { System } from "../core/types.ts";
import { BEAT, BEGIN, CLAIM, COMPLETE, DELIVER, FIND, PUT_ASIDE, SETTLE, SWEEP } from "./send-statements.ts";

/** A send waits for nobody: a store that does not answer in this time is down for it. */
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 5_000;
const DURABLE_CONNECTIONS = 12;
const QUICK_CONNECTIONS = 4;

/** A send as it enters the ledger. */
export type NewSend = {
  readonly id: string;
  readonly slot: string;
  readonly requestId: string;
  readonly tenant: string | undefined;
  readonly user: string | undefined;
  readonly endpoint: string;
  readonly family: string;
  readonly owner: System;
  readonly fingerprint: string | undefined;
  readonly keyId: string;
  readonly sealedKey: Uint8Array;
  readonly isWindow: boolean;
};

/** A row as the ledger decides on it. Times are the database's clock, in epoch milliseconds. */
export type SendRow = {
  readonly id: string;
  readonly state: SendState;
  readonly owner: System;
  readonly attempt: number;
  readonly requestId: string;
  readonly fingerprint: string | null;
  readonly keyId: string;
  readonly sealedKey: Uint8Array;
  readonly answer: Uint8Array | null;
  readonly leaseUntilMs: number;
  readonly freeAtMs: number | null;
  readonly nowMs: number;
};

export type Begun = SendRow & { readonly isTaken: boolean };

export type Settlement = {
  readonly id: string;
  readonly attempt: number;
  readonly state: SettledState;
  readonly freeAfterMs: number | undefined;
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly fingerprint: string | undefined;
};
/** What is known of a send that its owner took. */
export type Completion = Omit<Settlement, "state" | "attempt"> & {
  readonly answer: Uint8Array | undefined;
};

/** The send ledger in PostgreSQL: every step is one conditional statement, so that replicas need not know of each other. */
export class SendStore {
  /** Waits for the disk: what was begun must never be forgotten, or it is sent again. */
  readonly #durable: Pool;
  /** Does not: a settlement lost with the database's server is a send of unknown fate, never a second one. */
  readonly #quick: Pool;

  constructor(url: string) {
    this.#durable = openPool(url, { max: DURABLE_CONNECTIONS });
    this.#quick = openPool(url, { max: QUICK_CONNECTIONS, options: "-c synchronous_commit=off" });
  }

  /** Takes the slot when it is free; else answers who holds it. */
  async begin(send: NewSend, leaseMs: number): Promise<Begun> {
    const { id, slot, requestId, tenant, user, endpoint, family, owner, fingerprint, keyId, sealedKey, isWindow } = send;
    const values = [id, slot, requestId, tenant, user, endpoint, family, owner, fingerprint, keyId, Buffer.from(sealedKey), isWindow, leaseMs];
    for (;;) {
      const [row] = await this.#run<Begun>(this.#durable, BEGIN, values);
      if (row !== undefined) return row; // none: another replica took it a moment ago, and its row is seen next time
    }
  }

  /** undefined: another send has taken its place. */
  async find(id: string): Promise<SendRow | undefined> {
    const [row] = await this.#run<SendRow>(this.#quick, FIND, [id]);
    return row;
  }

  /** Takes over a send whose fate is unknown, for another attempt. undefined: somebody else was quicker. */
  async claim({ id, attempt }: Pick<SendRow, "id" | "attempt">, leaseMs: number): Promise<number | undefined> {
    const [row] = await this.#run<{ attempt: number }>(this.#durable, CLAIM, [id, attempt, leaseMs]);
    return row?.attempt;
  }

  /** Gives the slot of an unknown send away; the send stays on record. */
  async putAside(id: string): Promise<void> {
    await this.#run(this.#durable, PUT_ASIDE, [id]);
  }

  /** The owner took it: true of the send whatever anybody thought before. */
  async complete({ id, freeAfterMs, status, error, answer, fingerprint }: Completion): Promise<void> {
    await this.#run(this.#quick, COMPLETE, [id, freeAfterMs, status, error, answer === undefined ? null : Buffer.from(answer), fingerprint]);
  }

  /** Nothing happened, or nobody can say: only for the attempt that is the last one. */
  async settle({ id, attempt, state, freeAfterMs, status, error, fingerprint }: Settlement): Promise<void> {
    await this.#run(this.#quick, SETTLE, [id, attempt, state, freeAfterMs, status, error, fingerprint]);
  }

  /** The answer reached its client. */
  async deliver(id: string): Promise<void> {
    await this.#run(this.#quick, DELIVER, [id]);
  }

  async beat(ids: readonly string[], leaseMs: number): Promise<void> {
    await this.#run(this.#quick, BEAT, [ids, leaseMs]);
  }

  /** Sends whose proxy is gone become unknown. Answers how many. */
  async sweep(windowMs: number): Promise<number> {
    const rows = await this.#run<{ id: string }>(this.#quick, SWEEP, [windowMs]);
    return rows.length;
  }

  async close(): Promise<void> {
    await Promise.all([this.#durable.end(), this.#quick.end()]);
  }

  async #run<Row extends object>(pool: Pool, { name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await pool.query<Row>({ name, text, values: [...values] });
    return rows;
  }
}

type Statement = { readonly name: string; readonly text: string };

function openPool(url: string, own: { readonly max: number; readonly options?: string }): Pool {
  const pool = new Pool({
    connectionString: url,
    ...own,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 500,
    application_name: "parallax sends",
    keepAlive: true,
  });
  return pool.on("error", () => undefined); // an idle connection that breaks says nothing; the next query does
}
