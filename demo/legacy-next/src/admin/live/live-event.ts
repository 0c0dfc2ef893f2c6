/** One event of a channel, as the contract's emitters send it (contract 5.2). */
export type LiveEvent = { readonly channel: string; readonly event: string; readonly data: Readonly<Record<string, unknown>> };

/** What tells two facts of a kind apart. An event that is not named here may tell the same twice: then the time of its emission does. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "message.queued": ["messageId"],
  "message.sent": ["messageId"],
  "message.received": ["messageId"],
  "message.status": ["messageId", "status"],
  "media.processed": ["messageId", "state"],
  "contact.created": ["jid"],
  "transfer-request:new": ["requestId"],
  "transfer-request:approved": ["requestId"],
  "transfer-request:denied": ["requestId"],
  "transfer-request:transferred": ["requestId"],
  "transfer-request:cancelled": ["requestId"],
};

/** Equal for two emissions of one fact: an emitter may repeat itself, a subscriber drops the repetition. */
export function keyOf({ channel, event, data }: LiveEvent): string {
  const key = KEYS[event];
  // Without a key of its own the whole payload is one; it holds the time of the emission.
  return JSON.stringify([channel, event, key === undefined ? data : key.map((name) => data[name])]);
}
