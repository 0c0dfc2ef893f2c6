import { BufferJSON } from "@whiskeysockets/baileys";
import { ClassicLevel } from "classic-level";

/** `undefined` takes the key away. */
export type Change = readonly [key: string, value: unknown];

/** Where the server keeps what must survive it. Reads come from memory; a write is with the operating system when it resolves. */
export type Shelf = {
  readonly get: (key: string) => unknown;
  /** Every value whose key begins so, in the order of the keys. */
  readonly under: (prefix: string) => readonly unknown[];
  readonly write: (changes: readonly Change[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

export function createMemoryShelf(values = new Map<string, unknown>()): Shelf {
  return {
    get: (key) => values.get(key),
    under: (prefix) =>
      [...values]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, value]) => value),
    write: async (changes) => {
      for (const [key, value] of changes) {
        if (value === undefined) values.delete(key);
        else values.set(key, value);
      }
    },
    close: async () => {},
  };
}

/** A shelf that a SIGKILL does not empty. */
export async function openDiskShelf(folder: string): Promise<Shelf> {
  const level = new ClassicLevel(folder);
  await level.open();
  const values = new Map<string, unknown>();
  for await (const [key, text] of level.iterator()) values.set(key, JSON.parse(text, BufferJSON.reviver));
  const memory = createMemoryShelf(values);
  return {
    ...memory,
    write: async (changes) => {
      await memory.write(changes);
      await level.batch(
        changes.map(([key, value]) =>
          value === undefined ? ({ type: "del", key } as const) : ({ type: "put", key, value: JSON.stringify(value, BufferJSON.replacer) } as const),
        ),
      );
    },
    close: () => level.close(),
  };
}
