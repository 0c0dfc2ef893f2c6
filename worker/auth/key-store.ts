import { proto, type SignalDataSet, type SignalDataTypeMap, type SignalKeyStore } from "@whiskeysockets/baileys";
import { AppError } from "../../lib/errors.ts";
import { INBOX_TYPE } from "./inbox.ts";
import { KeyCache } from "./key-cache.ts";
import type { KeyRows, KeyWrite } from "./key-rows.ts";

export type ClosableKeyStore = SignalKeyStore & {
  /** Nothing is stored any more; resolves when what was under way is. */
  readonly close: () => Promise<void>;
};

/**
 * Signal keys as Baileys asks for them. One `set` is one transaction, fenced by the lease; what cannot be written is told
 * (`onWriteFailed`), because a socket whose state of the ratchets is not stored must not go on. Read values are kept: with
 * one writer at a time nothing else changes them.
 */
export function createKeyStore(rows: KeyRows, onWriteFailed: (error: unknown) => void): ClosableKeyStore {
  const cache = new KeyCache();
  const underWay = new Set<Promise<void>>();
  let isClosed = false;
  const set = async (data: SignalDataSet): Promise<void> => {
    const writes = toWrites(data);
    if (writes.length === 0) return;
    // The client library works on for a while when its socket is gone. The next one has read the keys by then.
    if (isClosed) throw new AppError("WORKER_SOCKET_OVER", "keys of a socket that has ended are not stored");
    try {
      const writing = rows.write(writes);
      underWay.add(writing);
      await writing.finally(() => underWay.delete(writing));
    } catch (error) {
      cache.clear();
      onWriteFailed(error);
      throw error;
    }
    for (const { type, id, value } of writes) if (type !== INBOX_TYPE) cache.put(type, id, value);
  };
  const get = async <Type extends keyof SignalDataTypeMap>(type: Type, ids: string[]): Promise<{ [id: string]: SignalDataTypeMap[Type] }> => {
    const missing = ids.filter((id) => !cache.has(type, id));
    if (missing.length > 0) {
      const before = cache.version;
      const found = await rows.read(type, missing);
      // A write that went by meanwhile knows better.
      for (const id of missing) if (cache.version === before || !cache.has(type, id)) cache.put(type, id, found.get(id) ?? null);
    }
    const values: { [id: string]: SignalDataTypeMap[Type] } = {};
    for (const id of ids) {
      const value = cache.get(type, id);
      if (value !== null && value !== undefined) values[id] = toDomain(type, value) as SignalDataTypeMap[Type];
    }
    return values;
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.allSettled(underWay);
  };
  return { get, set, close };
}

function toWrites(data: SignalDataSet): KeyWrite[] {
  return Object.entries(data).flatMap(([type, values]) =>
    Object.entries(values as Readonly<Record<string, unknown>>).map(([id, value]) => ({ type, id, value })),
  );
}

/** JSON does not tell a protobuf message from an object; Baileys does. */
function toDomain(type: string, value: unknown): unknown {
  return type === "app-state-sync-key" ? proto.Message.AppStateSyncKeyData.fromObject(value as Record<string, unknown>) : value;
}
