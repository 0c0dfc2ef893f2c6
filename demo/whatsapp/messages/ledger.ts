import type { Shelf } from "../shelf.ts";

const PREFIX = "message/";
const SEQUENCE_DIGITS = 12;

export type Tick = "sent" | "delivered" | "read";

/** One message between an account and a chat of it, as the people of this world see it. */
export type Entry = {
  readonly id: string;
  /** The phone of the account whose devices took part. */
  readonly account: string;
  /** A contact's phone, or a group's JID. */
  readonly chat: string;
  /** Who wrote it. */
  readonly from: string;
  readonly kind: string;
  readonly text: string;
  readonly at: string;
  readonly tick: Tick;
  /** The contacts whose phones show it. */
  readonly readers: readonly string[];
  /** The message itself, as JSON of the protocol's own. */
  readonly message: unknown;
};

const TICKS: readonly Tick[] = ["sent", "delivered", "read"];

/** What was written, once each by WhatsApp id, and how often each id came on the wire. */
export type Ledger = {
  /** False when this account's message with this id is known already: WhatsApp shows an id once. */
  readonly add: (entry: Entry) => Promise<boolean>;
  readonly entries: () => readonly Entry[];
  readonly find: (account: string, id: string) => Entry | undefined;
  /** A contact's phone shows it. */
  readonly reach: (account: string, id: string, phone: string) => Promise<void>;
  /** A tick never goes back. */
  readonly tick: (account: string, id: string, tick: Tick) => Promise<void>;
  readonly countStanza: (id: string) => void;
  readonly stanzas: (id: string) => number;
  /** A copy that the phone it was for could not read. */
  readonly countUndecryptable: (id: string, error: unknown) => void;
  readonly undecryptable: () => readonly { readonly id: string; readonly reason: string }[];
};

export function createLedger(shelf: Shelf, onChange: () => void): Ledger {
  const entries = new Map((shelf.under(PREFIX) as readonly Entry[]).map((entry, index) => [keyOf(entry.account, entry.id), { entry, index }]));
  const stanzas = new Map<string, number>();
  const undecryptable: { id: string; reason: string }[] = [];
  let next = entries.size;

  const put = async (entry: Entry, index: number): Promise<void> => {
    entries.set(keyOf(entry.account, entry.id), { entry, index });
    await shelf.write([[PREFIX + String(index).padStart(SEQUENCE_DIGITS, "0"), entry]]);
    onChange();
  };
  return {
    add: async (entry) => {
      if (entries.has(keyOf(entry.account, entry.id))) return false;
      await put(entry, next++);
      return true;
    },
    entries: () => [...entries.values()].map(({ entry }) => entry),
    find: (account, id) => entries.get(keyOf(account, id))?.entry,
    reach: async (account, id, phone) => {
      const known = entries.get(keyOf(account, id));
      if (known === undefined || known.entry.readers.includes(phone)) return;
      await put({ ...known.entry, readers: [...known.entry.readers, phone] }, known.index);
    },
    tick: async (account, id, tick) => {
      const known = entries.get(keyOf(account, id));
      if (known === undefined || TICKS.indexOf(tick) <= TICKS.indexOf(known.entry.tick)) return;
      await put({ ...known.entry, tick }, known.index);
    },
    countStanza: (id) => void stanzas.set(id, (stanzas.get(id) ?? 0) + 1),
    stanzas: (id) => stanzas.get(id) ?? 0,
    countUndecryptable: (id, error) => void undecryptable.push({ id, reason: error instanceof Error ? error.message : String(error) }),
    undecryptable: () => undecryptable,
  };
}

const keyOf = (account: string, id: string): string => `${account}/${id}`;
