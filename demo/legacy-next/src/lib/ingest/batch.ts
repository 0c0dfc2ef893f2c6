import { isDeadlock, isUniqueViolation } from "../database-conflict.ts";
import { ApiError, notFound } from "../http/api-error.ts";
import { Body, isObject } from "../http/body.ts";
import { Problems } from "../http/problems.ts";
import type { Asked } from "../http/respond.ts";
import { commit, type Transaction } from "../transaction.ts";
import { isStorable } from "../whatsapp/wire.ts";
import { News } from "./news.ts";

/** One transaction of a session's items. */
export type Batch = {
  readonly transaction: Transaction;
  readonly news: News;
  readonly tenantId: string;
  readonly sessionId: string;
  /** Ids of messages that were not stored when the batch began, and that no item has stored since. */
  readonly newMessageIds: Set<string>;
};

export type Outcome = "created" | "updated" | "unchanged" | "skipped";
export type Applied = { readonly outcome: Outcome; readonly id?: string };

type Result = {
  readonly key: string;
  readonly outcome: Outcome | "rejected";
  readonly id: string | null;
  readonly error: string | null;
};

export type ItemKind<Item> = {
  /** The field that names an item in the reply. */
  readonly key: "messageId" | "jid";
  /** `skipped`: not for us, whatever else it holds. */
  readonly parse: (body: Body) => Item | "skipped";
  /** Before the first item: what can be asked once for all of them. */
  readonly prepare?: (batch: Batch, items: readonly unknown[]) => Promise<void>;
  readonly apply: (batch: Batch, item: Item) => Promise<Applied>;
};

export type Envelope = { readonly sessionId: string; readonly items: readonly unknown[] };

const MAX_ITEMS = 100;
const MAX_TRIES = 3;
/** Together below the handler's ten seconds. */
const LIMITS = { maxWait: 1_500, timeout: 8_000 };

export function parseEnvelope(body: Body): Envelope {
  const sessionId = body.text("sessionId");
  const items = body.raw("items");
  if (Array.isArray(items) && items.length >= 1 && items.length <= MAX_ITEMS) return { sessionId, items };
  if (body.isAbsent("items")) body.text("items"); // required
  else body.reject("items");
  return { sessionId, items: [] };
}

/** Applies a session's items in order, in one transaction. A bad item is rejected, the others are applied. Throws 404. */
export async function applyBatch<Item>({ sessionId, items }: Envelope, kind: ItemKind<Item>, asked: Asked) {
  const results = await again(() =>
    commit(
      asked,
      async (transaction) => {
        const tenantId = await tenantOf(transaction, sessionId);
        const batch = { transaction, news: new News(transaction), sessionId, tenantId, newMessageIds: new Set<string>() };
        await kind.prepare?.(batch, items);
        const applied: Result[] = [];
        for (const item of items) applied.push(await applyItem(batch, item, kind));
        return { result: applied, emissions: await batch.news.emissions() };
      },
      LIMITS,
    ),
  );
  return { success: true, results };
}

async function applyItem<Item>(batch: Batch, raw: unknown, { key, parse, apply }: ItemKind<Item>): Promise<Result> {
  const name = isObject(raw) && typeof raw[key] === "string" ? raw[key] : "";
  const rejected = (error: string): Result => ({ key: name, outcome: "rejected", id: null, error });
  if (!isObject(raw)) return rejected("item is invalid");
  const problems = new Problems();
  const item = parse(new Body(raw, problems));
  if (item === "skipped") return { key: name, outcome: "skipped", id: null, error: null };
  try {
    problems.assertNone();
    const { outcome, id = null } = await apply(batch, item);
    return { key: name, outcome, id, error: null };
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return rejected(error.body.error);
    throw error;
  }
}

/**
 * Batches of one tenant pass one after the other: two of them may be about the same people, in another order. The session
 * cannot be deleted meanwhile.
 */
async function tenantOf(transaction: Transaction, sessionId: string): Promise<string> {
  const [session] = isStorable(sessionId)
    ? await transaction.$queryRaw<{ tenantId: string }[]>`select "tenantId" from "whatsapp_sessions" where "sessionId" = ${sessionId} for key share`
    : [];
  if (session === undefined) throw notFound("Session not found or access denied");
  await transaction.$queryRaw`select pg_advisory_xact_lock(hashtextextended(${`ingest ${session.tenantId}`}, 0))::text`;
  return session.tenantId;
}

/** The other system, or a send, may write the same rows at the same moment: what was theirs first is there the next time. */
async function again<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_TRIES || !(isUniqueViolation(error) || isDeadlock(error))) throw error;
    }
  }
}
