import { addTransactionCapability, type SignalDataSet, type SignalDataTypeMap, type SignalKeyStoreWithTransaction } from "@whiskeysockets/baileys";
import { silentLogger } from "../silent-logger.ts";
import type { Shelf } from "../shelf.ts";

/** The Signal keys of one person, on the shelf. */
export function createSignalKeys(shelf: Shelf, owner: string): SignalKeyStoreWithTransaction {
  const keyOf = (type: string, id: string): string => `signal/${owner}/${type}/${id}`;
  const store = {
    get: <T extends keyof SignalDataTypeMap>(type: T, ids: string[]): { [id: string]: SignalDataTypeMap[T] } =>
      Object.fromEntries(
        ids.flatMap((id) => {
          const value = shelf.get(keyOf(type, id));
          return value === undefined ? [] : [[id, value as SignalDataTypeMap[T]]];
        }),
      ),
    set: (data: SignalDataSet): Promise<void> =>
      shelf.write(
        Object.entries(data).flatMap(([type, entries]) =>
          Object.entries(entries).map(([id, value]) => [keyOf(type, id), value ?? undefined] as const),
        ),
      ),
  };
  return addTransactionCapability(store, silentLogger, { maxCommitRetries: 1, delayBetweenTriesMs: 1 });
}
