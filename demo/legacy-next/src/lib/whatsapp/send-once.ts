import { randomUUID } from "node:crypto";
import type { WhatsAppMessage } from "../../../generated/prisma/client.ts";
import { isLockTimeout, isUniqueViolation } from "../database-conflict.ts";
import { ApiError, conflict } from "../http/api-error.ts";
import type { Transaction } from "../transaction.ts";
import type { SendScope } from "./send-identity.ts";

/** How long a send waits for an earlier one with its key to commit. */
const WAIT_MS = 5_000;
const RETRY_AFTER_SECONDS = "1";

/** Waiting and writing together stay below the handler's ten seconds. */
export const SEND_LIMITS = { maxWait: 2_500, timeout: 7_000 };

/** A key the caller chose, or one for this request alone. */
export const scopeOf = (scope: Omit<SendScope, "key">, key: string | undefined): SendScope => ({ ...scope, key: key ?? randomUUID() });

/** Lets sends with one key pass one after the other. Throws 409 when the one before does not end in time. */
export async function waitForTurn(transaction: Transaction, scope: SendScope): Promise<void> {
  const name = JSON.stringify([scope.tenantId, scope.userId, scope.endpoint, scope.key]);
  // Also for the rows below: the other system takes no such lock, and its row may be there but not committed yet.
  await transaction.$queryRaw`select set_config('lock_timeout', ${String(WAIT_MS)}, true)`;
  await orInProgress(() => transaction.$queryRaw`select pg_advisory_xact_lock(hashtextextended(${name}, 0))::text`);
}

/** The message an earlier send with this key made; undefined when there was none. Throws 422 when it asked for something else. */
export async function findEarlier(transaction: Transaction, scope: SendScope, payloadHash: string): Promise<WhatsAppMessage | undefined> {
  const { key: idempotencyKey, ...rest } = scope;
  const row = await transaction.whatsAppOutbox.findUnique({
    where: { tenantId_userId_endpoint_idempotencyKey: { ...rest, idempotencyKey } },
    select: { payloadHash: true, message: true },
  });
  if (row === null) return undefined;
  if (row.payloadHash !== payloadHash) throw new ApiError(422, { error: "Idempotency-Key was used with another request" });
  return row.message;
}

/** Runs a write that waits while the same key is being written elsewhere. Throws 409 when that takes too long. */
export async function orInProgress<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    throw conflict("A request with this Idempotency-Key is in progress", { "Retry-After": RETRY_AFTER_SECONDS });
  }
}

/** Whoever lost to the other system by a moment asks again, and finds what it wrote. */
export async function againWhenBeaten<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error)) return work();
    throw error;
  }
}
