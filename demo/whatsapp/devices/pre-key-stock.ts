import type { PreKeyBundle } from "../people/pre-key-bundle.ts";
import type { Shelf } from "../shelf.ts";

type PreKey = NonNullable<PreKeyBundle["preKey"]>;

/** The one-time keys a device has left with the server. */
export type PreKeyStock = {
  readonly count: () => number;
  readonly add: (keys: readonly PreKey[]) => Promise<void>;
  /** Each key is given away once; `undefined` when none is left. */
  readonly take: () => Promise<PreKey | undefined>;
  readonly clear: () => Promise<void>;
};

export function createPreKeyStock(shelf: Shelf, owner: string): PreKeyStock {
  const prefix = `device-key/${owner}/`;
  const stock = new Map((shelf.under(prefix) as readonly PreKey[]).map((key) => [key.keyId, key]));
  return {
    count: () => stock.size,
    add: async (keys) => {
      for (const key of keys) stock.set(key.keyId, key);
      await shelf.write(keys.map((key) => [prefix + key.keyId, key] as const));
    },
    take: async () => {
      const [first] = stock.values();
      if (first === undefined) return undefined;
      stock.delete(first.keyId);
      await shelf.write([[prefix + first.keyId, undefined]]);
      return first;
    },
    clear: async () => {
      const keys = [...stock.keys()];
      stock.clear();
      await shelf.write(keys.map((keyId) => [prefix + keyId, undefined] as const));
    },
  };
}
