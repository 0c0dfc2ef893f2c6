import type { AuditEntry, AuditHead, SealedEntry } from "../core/cutover/audit-chain.ts";
import type { Prisma } from "../../prisma/generated/parallax/client.ts";
import type { StoreClient } from "./store.ts";

/** The keyed hash of an entry and the one before it; undefined before the first. */
export type Seal = (entry: AuditEntry, previousMac: string | undefined) => string;

type Transaction = Parameters<Parameters<StoreClient["$transaction"]>[0]>[0];

/** Appends entries to the chain, one after the other. Only within a transaction that holds the cutover's lock. */
export async function appendAudit(transaction: Transaction, drafts: readonly Omit<AuditEntry, "seq">[], seal: Seal): Promise<AuditHead> {
  const last = await transaction.auditEntry.findFirst({ orderBy: { seq: "desc" }, select: { seq: true, mac: true } });
  let head: { seq: number; mac: string | undefined } = { seq: Number(last?.seq ?? 0), mac: last?.mac };
  for (const draft of drafts) {
    const entry = { ...draft, seq: head.seq + 1 };
    const mac = seal(entry, head.mac);
    head = { seq: entry.seq, mac };
    const { from, to, at, evidence, ...fields } = entry;
    await transaction.auditEntry.create({
      data: {
        ...fields,
        seq: BigInt(entry.seq),
        at: new Date(at),
        fromStage: from.stage,
        fromPercent: from.percent,
        toStage: to.stage,
        toPercent: to.percent,
        evidence: evidence as Prisma.InputJsonValue,
        mac,
      },
    });
  }
  return { seq: head.seq, mac: head.mac ?? "" };
}

/** The newest entry; undefined while there is none. */
export async function readAuditHead(store: StoreClient): Promise<AuditHead | undefined> {
  const last = await store.auditEntry.findFirst({ orderBy: { seq: "desc" }, select: { seq: true, mac: true } });
  return last === null ? undefined : { seq: Number(last.seq), mac: last.mac };
}

/** The trail, oldest first; with a limit the newest so many. */
export async function readAudit(store: StoreClient, limit?: number): Promise<SealedEntry[]> {
  const rows = await store.auditEntry.findMany({ orderBy: { seq: "desc" }, ...(limit === undefined ? {} : { take: limit }) });
  return rows.toReversed().map(({ seq, at, fromStage, fromPercent, toStage, toPercent, ...row }) => ({
    ...row,
    seq: Number(seq),
    at: at.toISOString(),
    from: { stage: fromStage, percent: fromPercent },
    to: { stage: toStage, percent: toPercent },
  }));
}
