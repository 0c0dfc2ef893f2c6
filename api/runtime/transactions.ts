import { Inject, Injectable } from "@nestjs/common";
import type { Prisma } from "../../prisma/generated/whatsapp/client.ts";
import { unavailable } from "../http/contract-error.ts";
import { isWriteConflict } from "../http/database-outage.ts";
import { sql } from "./sql.ts";
import { DATABASE, TIMING, type Database, type Timing } from "./tokens.ts";

/** A statement against the database, inside of a transaction or not. */
export type Queries = Prisma.TransactionClient;

/** All effects of one request: they happen together or not at all. */
export type Transaction = {
  readonly db: Queries;
  readonly requestId: string;
  /** Runs once the commit is certain; must not throw, and nobody waits for it. */
  readonly onCommit: (effect: () => void) => void;
};

const MAX_ATTEMPTS = 3;

/** One transaction per request (contract 3). */
@Injectable()
export class Transactions {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  /**
   * Commits when the work returns, rolls back when it throws. A deadlock is tried again: nothing of it happened.
   * Past the handler's deadline nothing is committed: the client was told 503.
   */
  async run<Result>(requestId: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const deadline = performance.now() + this.timing.deadlineMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt({ requestId, deadline }, work);
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !isWriteConflict(error)) throw error;
      }
    }
  }

  private async attempt<Result>(limits: { requestId: string; deadline: number }, work: (transaction: Transaction) => Promise<Result>) {
    const { requestId, deadline } = limits;
    const effects: (() => void)[] = [];
    const run = async (db: Queries): Promise<Result> => {
      const result = await work({ db, requestId, onCommit: (effect) => void effects.push(effect) });
      if (performance.now() >= deadline) throw unavailable(requestId);
      return result;
    };
    const options = { maxWait: this.timing.connectTimeoutMs, timeout: Math.max(1, Math.ceil(deadline - performance.now())) };
    const result = await this.database.$transaction(run, options);
    for (const effect of effects) effect();
    return result;
  }
}

/** Tells the worker, with the commit: PostgreSQL delivers a notification only then. */
export async function notify({ db }: Transaction, channel: "whatsapp_session" | "whatsapp_outbox", sessionId: string): Promise<void> {
  await db.$queryRaw(sql`select pg_notify(${channel}, ${sessionId})::text`);
}
