import type { GroupMetadata } from "@whiskeysockets/baileys";

/** Metadata of groups per session (contract 5.5): without it every send to a group asks WhatsApp first. */
export type GroupCache = {
  /** Undefined for an unknown or expired group: the client library asks WhatsApp then. Never throws. */
  readonly get: (sessionId: string, jid: string) => GroupMetadata | undefined;
  readonly set: (sessionId: string, metadata: GroupMetadata) => void;
  readonly remove: (sessionId: string, jid: string) => void;
  /** Of one session, and no other. */
  readonly clear: (sessionId: string) => void;
  readonly size: () => number;
};

const MAX_AGE_MS = 24 * 60 * 60_000;
const MAX_ENTRIES = 5_000;

type Entry = { readonly sessionId: string; readonly metadata: GroupMetadata; readonly setAtMs: number };

/** Each group for 24 h from its last set: exactly 24 h old still counts. At most 5,000, the oldest set leaves first. */
export function createGroupCache(nowMs: () => number, maxEntries = MAX_ENTRIES): GroupCache {
  /** In the order of their last set. */
  const entries = new Map<string, Entry>();
  // No JID holds a line feed, whatever a session is called.
  const keyOf = (sessionId: string, jid: string): string => `${jid}\n${sessionId}`;
  return {
    get: (sessionId, jid) => {
      const key = keyOf(sessionId, jid);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (nowMs() - entry.setAtMs > MAX_AGE_MS) {
        entries.delete(key);
        return undefined;
      }
      return entry.metadata;
    },
    set: (sessionId, metadata) => {
      const key = keyOf(sessionId, metadata.id);
      entries.delete(key);
      entries.set(key, { sessionId, metadata, setAtMs: nowMs() });
      const [oldest] = entries.keys();
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    },
    remove: (sessionId, jid) => void entries.delete(keyOf(sessionId, jid)),
    clear: (sessionId) => {
      for (const [key, entry] of entries) if (entry.sessionId === sessionId) entries.delete(key);
    },
    size: () => entries.size,
  };
}
