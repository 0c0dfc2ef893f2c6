import type { WASocket } from "@whiskeysockets/baileys";
import type { Logger } from "../../lib/log.ts";
import type { GroupCache } from "../group-cache.ts";
import type { Delivery } from "../ingest/delivery.ts";
import type { MediaPort } from "../media/media-port.ts";

export type InboundContext = {
  readonly socket: WASocket;
  readonly sessionId: string;
  readonly tenantId: string;
  readonly delivery: Delivery;
  readonly media: MediaPort;
  readonly groupCache: GroupCache;
  readonly log: Logger;
};

export type Inbound = {
  /** Resolves when everything heard so far is delivered: stored by an API, or in the spool. */
  readonly settle: () => Promise<void>;
  /** Hears nothing more; what was heard is still delivered. */
  readonly detach: () => void;
};

/** Listens on one socket's events. The session shell calls it for every new socket, before the socket speaks. */
export function attachInbound(_context: InboundContext): Inbound {
  return { settle: async () => {}, detach: () => {} };
}
