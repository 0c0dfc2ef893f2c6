import { contactUpdated, type ContactFact } from "../realtime/contact-events.ts";
import type { Emission } from "../realtime/emission.ts";
import type { Transaction } from "../transaction.ts";
import { readContactFact } from "../whatsapp/contact-fact.ts";

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

  /** The row is no more. */
  forget(contactId: string): void {
    this.#before.delete(contactId);
  }

  async emissions(): Promise<readonly Emission[]> {
    const changes: Emission[] = [];
    for (const [contactId, before] of this.#before) changes.push(...contactUpdated(before, await readContactFact(this.#transaction, contactId)));
    return [...this.#facts, ...changes, ...this.#afterwards];
  }
}
