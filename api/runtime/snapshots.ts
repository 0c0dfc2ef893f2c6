import { Inject, Injectable } from "@nestjs/common";
import { sql } from "./sql.ts";
import { DATABASE, TIMING, type Database, type Timing } from "./tokens.ts";
import type { Queries } from "./transactions.ts";

/** Reads that belong together: one state of the database, in a transaction PostgreSQL itself keeps from writing. */
@Injectable()
export class Snapshots {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  read<Result>(work: (db: Queries) => Promise<Result>): Promise<Result> {
    const { connectTimeoutMs: maxWait, deadlineMs: timeout } = this.timing;
    const run = async (db: Queries): Promise<Result> => {
      await db.$executeRaw(sql`set transaction isolation level repeatable read, read only`);
      return work(db);
    };
    return this.database.$transaction(run, { maxWait, timeout });
  }
}
