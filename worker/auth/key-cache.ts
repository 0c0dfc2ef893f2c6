import { BufferJSON } from "@whiskeysockets/baileys";

/** Keys of one session kept in memory; the ones used last stay. About a thousand rows make an account. */
const MAX_ENTRIES = 2_000;

/** Values that were read or written, as text: Baileys changes what it is given in place. */
export class KeyCache {
  readonly #texts = new Map<string, string>();
  /** Grows with every change. */
  version = 0;

  has(type: string, id: string): boolean {
    return this.#texts.has(nameOf(type, id));
  }

  /** Null: known not to be there. */
  get(type: string, id: string): unknown {
    const name = nameOf(type, id);
    const text = this.#texts.get(name);
    if (text === undefined) return undefined;
    this.#texts.delete(name);
    this.#texts.set(name, text);
    return JSON.parse(text, BufferJSON.reviver) as unknown;
  }

  put(type: string, id: string, value: unknown): void {
    this.version += 1;
    const name = nameOf(type, id);
    this.#texts.delete(name);
    this.#texts.set(name, JSON.stringify(value ?? null, BufferJSON.replacer));
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= MAX_ENTRIES) break;
      this.#texts.delete(oldest);
    }
  }

  clear(): void {
    this.version += 1;
    this.#texts.clear();
  }
}

function nameOf(type: string, id: string): string {
  return `${type}\n${id}`;
}
