import type { Emission } from "@ipnuo/domain/emission";
import type { IngestOutcome } from "@ipnuo/domain/ingest";
import type { ContactFact } from "@ipnuo/domain/message-event-payloads";
import type { Queries, Transaction } from "../runtime/transactions.ts";

/** The session a batch is about, and the tenant by its row. */
export type IngestSession = { readonly sessionId: string; readonly tenantId: string };

/** What became of one item. */
export type Applied =
  | { readonly outcome: Exclude<IngestOutcome, "rejected" | "skipped">; readonly id: string }
  | { readonly outcome: "skipped" }
  | { readonly outcome: "rejected"; readonly error: string };

export const SKIPPED: Applied = { outcome: "skipped" };
export const rejected = (error: string): Applied => ({ outcome: "rejected", error });
export const appliedTo = (id: string, hasChanged: boolean): Applied => ({ outcome: hasChanged ? "updated" : "unchanged", id });

/** Contacts as the whole batch leaves them, by the id an item knew them by. */
export type ContactFacts = (contactId: string | null) => ContactFact | null;

/** An event that is put into words once the batch is done: contacts may get names and addresses until then. */
type Telling = (contacts: ContactFacts) => Emission | undefined;

/** One batch while it is applied: its transaction, and what there will be to tell, in the order of the items. */
export class Batch {
  readonly tellings: Telling[] = [];
  /** Told last: within a fact, groups come after contacts (contract 5.3). */
  readonly groupTellings: Telling[] = [];
  /** Contacts as they were when the batch first touched them; null is told whatever changed. */
  readonly touched = new Map<string, ContactFact | null>();
  /** Contacts that went into another one, and into which. */
  readonly absorbed = new Map<string, string>();

  constructor(
    readonly transaction: Transaction,
    readonly session: IngestSession,
  ) {}

  get db(): Queries {
    return this.transaction.db;
  }

  get tenantId(): string {
    return this.session.tenantId;
  }

  tell(telling: Telling): void {
    this.tellings.push(telling);
  }

  tellOfGroup(telling: Telling): void {
    this.groupTellings.push(telling);
  }

  absorb(absorbedId: string, survivorId: string): void {
    this.absorbed.set(absorbedId, survivorId);
    this.touched.delete(absorbedId);
    if (this.touched.has(survivorId)) this.touched.set(survivorId, null);
  }

  /** The contact an id stands for after all merges of the batch. */
  survivorOf(contactId: string): string {
    const next = this.absorbed.get(contactId);
    return next === undefined ? contactId : this.survivorOf(next);
  }
}
