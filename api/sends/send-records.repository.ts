import { Injectable } from "@nestjs/common";
import { sqlStateOf } from "../http/database-outage.ts";
import { sql } from "../runtime/sql.ts";
import type { Queries } from "../runtime/transactions.ts";
import { keyInProgress } from "./send-gate.ts";
import type { SendScope } from "./send-identity.ts";

export type SendRecord = { readonly messageRowId: string; readonly payloadHash: string };

const LOCK_NOT_AVAILABLE = "55P03";

/** What was sent under a key. The outbox is the record: it is unique on the key, and lives as long as the message. */
@Injectable()
export class SendRecordsRepository {
  /** Holds the key until the transaction ends, on every replica. Throws 409 when somebody else holds it for too long. */
  async lock(db: Queries, scope: SendScope, waitMs: number): Promise<void> {
    const key = JSON.stringify([scope.tenantId, scope.userId, scope.endpoint, scope.key]);
    await setLockTimeout(db, waitMs);
    try {
      await db.$queryRaw(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))::text`);
    } catch (error) {
      throw sqlStateOf(error) === LOCK_NOT_AVAILABLE ? keyInProgress() : error;
    }
    await setLockTimeout(db, 0);
  }

  async find(db: Queries, { tenantId, userId, endpoint, key }: SendScope): Promise<SendRecord | undefined> {
    const [row] = await db.$queryRaw<SendRecord[]>(sql`
      select "messageRowId", "payloadHash" from whatsapp_outbox
      where "tenantId" = ${tenantId} and "userId" = ${userId} and endpoint = ${endpoint} and "idempotencyKey" = ${key}`);
    return row;
  }
}

async function setLockTimeout(db: Queries, ms: number): Promise<void> {
  await db.$queryRaw(sql`select set_config('lock_timeout', ${String(ms)}, true)`);
}
