import type { Prisma } from "../../prisma/generated/whatsapp/client.ts";
import type { Transaction } from "../runtime/transactions.ts";

export type Note = {
  readonly tenantId: string;
  readonly contactId: string;
  readonly text: string;
  readonly detail?: string;
  readonly metadata: Prisma.InputJsonObject;
  /** The author. */
  readonly createdById: string;
};

/** Puts a note on a contact's history. */
export async function addNote({ db }: Transaction, note: Note): Promise<void> {
  await db.crmActivity.create({ data: { type: "note", ...note }, select: { id: true } });
}

export type OwnerChange = {
  readonly tenantId: string;
  readonly contactId: string;
  readonly from: string | null;
  readonly to: string | null;
  /** Who decided it. */
  readonly by: string;
};

/** What is noted when a contact goes from one user to another, or to nobody. Taking one that nobody had is no transfer. */
export async function noteOwnerChange(transaction: Transaction, { tenantId, contactId, from, to, by }: OwnerChange): Promise<void> {
  if (from === null || from === to) return;
  const metadata = { type: "transfer", from, to };
  await addNote(transaction, { tenantId, contactId, text: "Session transferred", metadata, createdById: by });
}
