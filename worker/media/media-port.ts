import type { WAMessage } from "@whiskeysockets/baileys";
import type { RemoteMedia } from "./remote-media.ts";

/** Fetches what messages carry, in the background. */
export type MediaPort = {
  /** A message with media is delivered: its media are fetched when their turn comes. Never throws, never waits for the download. */
  readonly fetch: (request: MediaRequest) => void;
  /**
   * A session's socket is open: what is still to be fetched is looked for, and its senders can be asked to upload again.
   * Answers a function to call when the socket is gone.
   */
  readonly connected: (session: ConnectedSession) => () => void;
  /** No download begins any more; resolves when none runs. What was not done is found again after the next start. */
  readonly close: () => Promise<void>;
};

export type MediaRequest = {
  readonly sessionId: string;
  readonly tenantId: string;
  readonly messageId: string;
  readonly remote: RemoteMedia;
  readonly traceId: string;
  /** Whether its sender may be asked to upload it again: not for old history, which would ask for thousands. */
  readonly mayAskAgain: boolean;
};

export type ConnectedSession = {
  readonly sessionId: string;
  readonly tenantId: string;
  /** The socket's `updateMediaMessage`. */
  readonly askAgain: (message: WAMessage) => Promise<WAMessage>;
};
