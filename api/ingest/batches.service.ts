import { Injectable } from "@nestjs/common";
import type { z } from "zod";
import type { IngestBatch, IngestReply, IngestResult } from "@ipnuo/domain/ingest";
import { contactUpdated } from "@ipnuo/domain/message-event-payloads";
import { problemsOf } from "@ipnuo/domain/queries";
import { ContactChanges } from "../contacts/contact-changes.ts";
import type { AskedByService } from "../http/asked-by-service.decorator.ts";
import { sessionNotFound } from "../http/contract-error.ts";
import { Emissions } from "../realtime/emissions.ts";
import { sql } from "../runtime/sql.ts";
import { Transactions, type Transaction } from "../runtime/transactions.ts";
import { Batch, type Applied, type IngestSession } from "./batch.ts";

export type AskedBatch = AskedByService<IngestBatch>;

/** What a kind of batch is made of. */
export type BatchKind<Item> = {
  readonly schema: z.ZodType<Item>;
  /** The field that names an item in the reply. */
  readonly key: "messageId" | "jid";
  /** Whose batches wait for each other: contacts are the tenant's, the rest the session's. */
  readonly exclusive: "tenant" | "session";
  readonly apply: (batch: Batch, item: Item) => Promise<Applied>;
};

/** First key of the advisory locks of batches. */
const LOCK_CLASS = 1_768_842_611;

/** Applies batches: items in order, one transaction, then what there is to tell (contract 4.1). */
@Injectable()
export class BatchesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: ContactChanges,
    private readonly emissions: Emissions,
  ) {}

  /** Throws 404 for an unknown session. Bad items are rejected, the others applied. */
  run<Item>({ requestId, body }: AskedBatch, kind: BatchKind<Item>): Promise<IngestReply> {
    return this.transactions.run(requestId, async (transaction) => {
      const session = await findSession(transaction, body.sessionId);
      await lock(transaction, kind.exclusive === "tenant" ? session.tenantId : session.sessionId);
      const batch = new Batch(transaction, session);
      const results: IngestResult[] = [];
      for (const item of body.items) results.push(toResult(item, kind.key, await applyItem(batch, item, kind)));
      await this.tell(batch);
      return { success: true, results };
    });
  }

  /** In the contract's order: what the items tell, then each contact that changed, once, then groups. */
  private async tell(batch: Batch): Promise<void> {
    const { transaction, tenantId, touched, tellings, groupTellings } = batch;
    if (touched.size + tellings.length + groupTellings.length === 0) return;
    const facts = await this.changes.read(transaction, tenantId, [...touched.keys()]);
    const factOf = (id: string | null) => (id === null ? null : (facts.get(batch.survivorOf(id)) ?? null));
    await this.emissions.record(transaction, [
      ...tellings.map((telling) => telling(factOf)),
      ...[...facts.values()].map((after) => contactUpdated(touched.get(after.id) ?? undefined, after)),
      ...groupTellings.map((telling) => telling(factOf)),
    ]);
  }
}

async function applyItem<Item>(batch: Batch, item: unknown, { schema, apply }: BatchKind<Item>): Promise<Applied> {
  const parsed = schema.safeParse(item);
  if (parsed.success) return apply(batch, parsed.data);
  return { outcome: "rejected", error: problemsOf(parsed.error)[0] ?? "item is invalid" };
}

function toResult(item: unknown, key: string, applied: Applied): IngestResult {
  const value = typeof item === "object" && item !== null ? (item as Record<string, unknown>)[key] : undefined;
  return {
    key: typeof value === "string" ? value : "",
    outcome: applied.outcome,
    id: "id" in applied ? applied.id : null,
    error: "error" in applied ? applied.error : null,
  };
}

/** The session, held against deletion until the transaction ends. */
async function findSession({ db }: Transaction, sessionId: string): Promise<IngestSession> {
  const [session] = await db.$queryRaw<IngestSession[]>(sql`
    select s."sessionId", s."tenantId" from whatsapp_sessions s where s."sessionId" = ${sessionId} for key share`);
  if (session === undefined) throw sessionNotFound();
  return session;
}

/** Batches of several sessions touch the same contacts in any order: one after the other they cannot get into a deadlock. */
async function lock({ db }: Transaction, owner: string): Promise<void> {
  await db.$queryRaw(sql`select pg_advisory_xact_lock(${LOCK_CLASS}::int, hashtext(${owner}))::text`);
}
