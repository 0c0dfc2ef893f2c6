import { createHash } from "node:crypto";
import type { BinaryNode } from "@whiskeysockets/baileys";
import type { KeyRows } from "./key-rows.ts";

/** The type of these rows beside the Signal keys. */
export const INBOX_TYPE = "inbox";

/** What was decrypted, and the stanza it came in. */
export type Received = { readonly plaintext: Uint8Array; readonly stanza: BinaryNode };

/** Stanzas whose ciphertexts are about to be decrypted, at most. */
const MAX_HEARD = 2_000;
/** What nobody could make anything of for so long is given up. */
const MAX_AGE_MS = 86_400_000;

/**
 * Messages that were decrypted and are not delivered yet. Decrypting moves the ratchet: the same ciphertext cannot be
 * decrypted again, and Baileys tells WhatsApp that a message arrived before anybody here has heard of it. So plaintext and
 * stanza are stored in the transaction that moves the ratchet; whatever a crash leaves here is taken in again by the next socket.
 */
export class Inbox {
  /** By the hash of the ciphertext. */
  readonly #stored = new Map<string, Received>();
  readonly #heard = new Map<string, BinaryNode>();
  /** WhatsApp ids of messages the listeners were told of. */
  readonly #told = new Set<string>();

  constructor(private readonly rows: KeyRows) {}

  /** Reads what an earlier socket left. */
  async load(): Promise<void> {
    for (const { id, value, ageMs } of await this.rows.readAll(INBOX_TYPE)) {
      if (ageMs > MAX_AGE_MS) await this.rows.write([{ type: INBOX_TYPE, id, value: null }]);
      else this.#stored.set(id, value as Received);
    }
  }

  get size(): number {
    return this.#stored.size;
  }

  /** Stanzas to take in again, in the order they came. */
  leftBehind(): BinaryNode[] {
    const byId = new Map<string, BinaryNode>();
    for (const { stanza } of this.#stored.values()) byId.set(idOf(stanza), stanza);
    return [...byId.values()];
  }

  /** To be called with every message stanza before it is decrypted. */
  hear(stanza: BinaryNode): void {
    for (const ciphertext of ciphertextsOf(stanza)) this.#heard.set(hashOf(ciphertext), stanza);
    for (const oldest of this.#heard.keys()) {
      if (this.#heard.size <= MAX_HEARD) break;
      this.#heard.delete(oldest);
    }
  }

  /** The plaintext, when this ciphertext was decrypted before. */
  plaintextOf(ciphertext: Uint8Array): Uint8Array | undefined {
    return this.#stored.get(hashOf(ciphertext))?.plaintext;
  }

  /** What to store with the ratchet; undefined for a ciphertext that came in no stanza. */
  toRow(ciphertext: Uint8Array, plaintext: Uint8Array): { readonly id: string; readonly received: Received } | undefined {
    const id = hashOf(ciphertext);
    const stanza = this.#heard.get(id);
    return stanza === undefined ? undefined : { id, received: { plaintext, stanza } };
  }

  /** The row was committed. */
  stored(id: string, received: Received): void {
    this.#heard.delete(id);
    this.#stored.set(id, received);
  }

  /** The listeners have heard of these messages; `clear` may remove them. */
  tell(messageIds: readonly string[]): void {
    for (const id of messageIds) this.#told.add(id);
  }

  get hasTold(): boolean {
    return this.#told.size > 0;
  }

  /** Removes the messages that were told before, once `settle` says that they are delivered. */
  async clear(settle: () => Promise<void>): Promise<void> {
    const told = new Set(this.#told);
    if (told.size === 0) return;
    await settle();
    const done = [...this.#stored].filter(([, { stanza }]) => told.has(idOf(stanza))).map(([id]) => id);
    if (done.length > 0) await this.rows.write(done.map((id) => ({ type: INBOX_TYPE, id, value: null })));
    for (const id of done) this.#stored.delete(id);
    for (const id of told) this.#told.delete(id);
  }
}

function idOf({ attrs }: BinaryNode): string {
  return attrs["id"] ?? "";
}

function ciphertextsOf({ content }: BinaryNode): Uint8Array[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((child) => (child.tag === "enc" && child.content instanceof Uint8Array ? [child.content] : []));
}

function hashOf(ciphertext: Uint8Array): string {
  return createHash("sha256").update(ciphertext).digest("hex");
}
