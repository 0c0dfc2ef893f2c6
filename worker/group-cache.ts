import type { GroupMetadata } from "@whiskeysockets/baileys";

/** Metadata of groups per session (contract 5.5). */
export type GroupCache = {
  /** Undefined for an unknown or expired group: the client library asks WhatsApp then. Never throws. */
  readonly get: (sessionId: string, jid: string) => GroupMetadata | undefined;
  readonly set: (sessionId: string, metadata: GroupMetadata) => void;
  readonly remove: (sessionId: string, jid: string) => void;
  readonly clear: (sessionId: string) => void;
  readonly size: () => number;
};
