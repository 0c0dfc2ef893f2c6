export type KnownContact = { readonly id: string; readonly jid: string };
/** Where an older page of a thread begins. */
export type Cursor = { readonly contactId: string; readonly before: string };

const CONTACTS_AT_MOST = 500;
const CURSORS_AT_MOST = 100;

/** What the operators of one tenant have seen in answers so far, as a UI has; bounded. */
export class Knowledge {
  readonly #contacts = new Map<string, KnownContact>();
  readonly #cursors = new Map<string, Cursor>();

  contacts(): readonly KnownContact[] {
    return [...this.#contacts.values()];
  }

  cursors(): readonly Cursor[] {
    return [...this.#cursors.values()];
  }

  /** Learns contacts from `GET contacts`, and a cursor from a thread with older messages; ignores anything else. */
  learn(body: unknown): void {
    const { contacts, messages, hasMore } = (body ?? {}) as { contacts?: unknown; messages?: unknown; hasMore?: unknown };
    for (const contact of asList(contacts)) {
      const { id, jid } = contact;
      if (typeof id === "string" && typeof jid === "string" && this.#contacts.size < CONTACTS_AT_MOST) this.#contacts.set(id, { id, jid });
    }
    const { id: before, whatsappContactId: contactId } = asList(messages)[0] ?? {};
    if (hasMore === true && typeof before === "string" && typeof contactId === "string" && this.#cursors.size < CURSORS_AT_MOST) {
      this.#cursors.set(contactId, { contactId, before });
    }
  }
}

const asList = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? (value as Record<string, unknown>[]) : []);
