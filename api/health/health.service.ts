import { Inject, Injectable } from "@nestjs/common";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";

const PING_TIMEOUT_MS = 2_000;

/** Whether the service can do its work. */
@Injectable()
export class HealthService {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** What keeps it from being ready; empty when nothing does. */
  async problems(): Promise<string[]> {
    const stop = new AbortController();
    const ping = this.database.$queryRaw(sql`select 1`).then(
      () => true,
      () => false,
    );
    const isReachable = await Promise.race([ping, sleep(PING_TIMEOUT_MS, false, { signal: stop.signal })]);
    stop.abort();
    return isReachable ? [] : ["database is unreachable"];
  }
}
