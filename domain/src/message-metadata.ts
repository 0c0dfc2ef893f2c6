import { z } from "zod";

/** The keys a message's metadata may hold, stored and returned (contract 6.4). Never binary data, keys or the raw protocol message. */
export const messageMetadata = z.object({
  pushName: z.string(),
  participant: z.string(),
  senderName: z.string(),
  fileName: z.string(),
  location: z.object({
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
    name: z.string().nullable(),
    address: z.string().nullable(),
  }),
  contacts: z.array(z.object({ displayName: z.string().nullable(), phones: z.array(z.string()) })),
  poll: z.object({ question: z.string().nullable(), options: z.array(z.string()) }),
  selectedId: z.string(),
  seconds: z.int(),
  width: z.int(),
  height: z.int(),
  mentions: z.array(z.string()),
  forwarded: z.boolean(),
  reactions: z.array(z.object({ from: z.string(), emoji: z.string(), at: z.string() })),
  editedAt: z.string(),
  deletedAt: z.string(),
  unsupported: z.string(),
});
export type MessageMetadata = Partial<z.infer<typeof messageMetadata>>;

/** As UTF-8 JSON. */
const MAX_BYTES = 16 * 1024;
/** What goes first when metadata is too large: the longest lists, then what only decorates. */
const DROP_ORDER: readonly (keyof MessageMetadata)[] = ["mentions", "contacts", "poll", "reactions", "location", "selectedId", "pushName"];

const ALLOWED: ReadonlySet<string> = new Set(Object.keys(messageMetadata.shape));

/** The allowed keys of stored metadata, in stored order; null for anything that is no object. */
export function toReturnedMetadata(stored: unknown): Record<string, unknown> | null {
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return null;
  return Object.fromEntries(Object.entries(stored).filter(([key]) => ALLOWED.has(key)));
}

/** Metadata that fits 16 KiB: whole keys are left out until it does. */
export function boundMetadata(metadata: MessageMetadata): MessageMetadata {
  const bounded: MessageMetadata = { ...metadata };
  for (const key of DROP_ORDER) {
    if (utf8Length(JSON.stringify(bounded)) <= MAX_BYTES) return bounded;
    delete bounded[key];
  }
  return bounded;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}
