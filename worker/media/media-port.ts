import type { WAMessage } from "@whiskeysockets/baileys";

/** Fetches what messages carry, in the background. */
export type MediaPort = {
  /** A message with media was heard and delivered: fetch it. Never throws, never waits for the download. */
  readonly fetch: (request: MediaRequest) => void;
};

export type MediaRequest = {
  readonly sessionId: string;
  readonly tenantId: string;
  readonly messageId: string;
  readonly traceId: string;
  /** Asks the sender's phone for another upload; undefined when there is no socket. */
  readonly askAgain: ((message: WAMessage) => Promise<WAMessage>) | undefined;
};
