import { contactUpdated, type ContactFact } from "../realtime/contact-events.ts";
import type { Emission } from "../realtime/emission.ts";
import type { Transaction } from "../transaction.ts";
import { readContactFact, readContactFacts } from "../whatsapp/contact-fact.ts";

/** What one transaction has to tell: facts as they happen, then once per contact what changed about it, then what follows from that. */
export class News {
  readonly #transaction: Transaction;
  readonly #facts: Emission[] = [];
  readonly #afterwards: Emission[] = [];
  /** As they were when they were first touched. */
  readonly #before = new Map<string, ContactFact>();

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  tell(...emissions: readonly Emission[]): void {
    this.#facts.push(...emissions);
  }

  /** Told after what changed about contacts. */
  tellAfterwards(...emissions: readonly Emission[]): void {
    this.#afterwards.push(...emissions);
  }

  /** Call it before the contact or its newest message is changed. What history changes is not watched. */
  async watch(contactId: string): Promise<void> {
    if (!this.#before.has(contactId)) this.#before.set(contactId, await readContactFact(this.#transaction, contactId));
  }

  /** The same for a row that was created just now: it has no message yet. */
  watchNew(contact: ContactFact["contact"]): void {
    this.#before.set(contact.id, { contact, lastMessagePreview: null });
  }

  /** The row is no more. */
  forget(contactId: string): void {
    this.#before.delete(contactId);
  }

  async emissions(): Promise<readonly Emission[]> {
    const after = await readContactFacts(this.#transaction, [...this.#before.keys()]);
    const afterById = new Map(after.map((fact) => [fact.contact.id, fact]));
    const changes = [...this.#before].flatMap(([contactId, before]) => {
      const fact = afterById.get(contactId);
      return fact === undefined ? [] : contactUpdated(before, fact);
    });
    return [...this.#facts, ...changes, ...this.#afterwards];
  }
}
