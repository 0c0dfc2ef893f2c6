import { z } from "zod";
import { messageStatus, messageType } from "./enums.ts";
import { INVALID, isText, optional, pathId, plainText, requiredEnum, requiredReference, requiredText } from "./fields.ts";
import { count, phoneDigits } from "./values.ts";

/** Bodies of the ingest API (contract 4.1 to 4.3): what the worker tells. Items of a batch are checked one by one. */

const MAX_ITEMS = 100;
const MAX_ID = 128;
const MAX_NAME = 1_024;
const MAX_CONTENT = 1_000_000;
const MAX_URL = 4_096;
const MAX_PARTICIPANTS = 1_024;

const REQUIRED = "required";
const missing = (issue: { readonly input?: unknown }) => (issue.input === undefined || issue.input === null ? REQUIRED : INVALID);

const instant = z
  .string({ error: missing })
  .refine((text) => z.iso.datetime({ offset: true }).safeParse(text).success && new Date(text).getUTCFullYear() >= 1, INVALID)
  .transform((text) => new Date(text));
const flag = z.boolean({ error: missing });
const whole = z.int32({ error: missing }).min(0, INVALID);
const identifier = requiredText({ min: 1, max: MAX_ID });
/** What a 32-bit column holds; larger ones are unknown, not wrong. */
const size = count.transform((bytes) => (bytes <= 2_147_483_647 ? bytes : undefined));
const name = plainText({ min: 0, max: MAX_NAME });
/** Whether an address is one of ours is asked later: broadcasts are skipped, the rest is rejected. */
const jid = plainText({ min: 0, max: MAX_ID });

/** Text that PostgreSQL can hold, at any depth. */
export function isStorable(value: unknown): boolean {
  if (typeof value === "string") return isText(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, each]) => isText(key) && isStorable(each));
}

const storedObject = z.record(z.string(), z.unknown(), { error: missing }).refine(isStorable, INVALID);

export const ingestBatch = z.object({
  sessionId: requiredReference,
  items: z.array(z.unknown(), { error: missing }).min(1, INVALID).max(MAX_ITEMS, INVALID),
});
export type IngestBatch = z.infer<typeof ingestBatch>;

export const ingestSessionParams = z.object({ sessionId: pathId });
export type IngestSessionParams = z.infer<typeof ingestSessionParams>;

const position = { epoch: whole, seq: whole };

export const sessionStateBody = z.object({
  ...position,
  status: requiredEnum(["CONNECTING", "CONNECTED", "DISCONNECTED", "ERROR"]),
  phoneNumber: optional(phoneDigits),
  accountName: optional(name),
  reason: optional(plainText({ min: 1, max: MAX_ID })),
  code: optional(z.int32({ error: INVALID })),
  message: optional(plainText({ min: 0, max: MAX_URL })),
  reconnectAttempts: whole,
  occurredAt: instant,
});
export type SessionStateBody = z.infer<typeof sessionStateBody>;

const code = plainText({ min: 1, max: MAX_URL });
/** A QR text or a pairing code; a QR text wins. */
export const sessionQrBody = z
  .object({ ...position, qr: optional(code), pairingCode: optional(code), occurredAt: instant })
  .refine(({ qr, pairingCode }) => qr !== undefined || pairingCode !== undefined, { path: ["qr"], message: REQUIRED });
export type SessionQrBody = z.infer<typeof sessionQrBody>;

export const messageItem = z.object({
  messageId: identifier,
  remoteJid: identifier,
  remoteJidAlt: optional(jid),
  participant: optional(jid),
  participantAlt: optional(jid),
  fromMe: flag,
  pushName: optional(name),
  timestamp: instant,
  source: requiredEnum(["live", "append", "history"]),
  messageType: requiredEnum([...messageType.options] as [string, ...string[]]).pipe(messageType),
  content: optional(plainText({ min: 0, max: MAX_CONTENT })),
  quotedMessageId: optional(plainText({ min: 0, max: MAX_ID })),
  status: optional(messageStatus),
  metadata: optional(z.record(z.string(), z.unknown())),
  media: optional(
    z.object({
      mimeType: plainText({ min: 1, max: MAX_NAME }),
      size: optional(size),
      fileName: optional(name),
      remote: storedObject,
    }),
  ),
});
export type MessageItem = z.infer<typeof messageItem>;

export const statusItem = z.object({
  messageId: identifier,
  status: requiredEnum(["SENT", "DELIVERED", "READ", "FAILED"]),
  at: instant,
  errorCode: optional(z.int32({ error: INVALID })),
  errorMessage: optional(plainText({ min: 0, max: MAX_URL })),
});
export type StatusItem = z.infer<typeof statusItem>;

export const changeItem = z.object({
  messageId: identifier,
  kind: requiredEnum(["reaction", "edit", "delete"]),
  actorJid: identifier,
  /** Null removes a reaction. */
  emoji: optional(plainText({ min: 1, max: 64 })),
  content: optional(plainText({ min: 0, max: MAX_CONTENT })),
  at: instant,
});
export type ChangeItem = z.infer<typeof changeItem>;

export const contactItem = z.object({
  jid: identifier,
  lid: optional(jid),
  pn: optional(jid),
  name: optional(name),
  isBusiness: optional(z.boolean({ error: INVALID })),
  avatarUrl: optional(plainText({ min: 1, max: MAX_URL })),
});
export type ContactItem = z.infer<typeof contactItem>;

export const groupItem = z.object({
  jid: identifier,
  subject: optional(name),
  avatarUrl: optional(plainText({ min: 1, max: MAX_URL })),
  participants: optional(z.array(z.object({ jid: identifier, admin: flag })).max(MAX_PARTICIPANTS, INVALID)),
  action: optional(z.enum(["add", "remove", "promote", "demote"], { error: INVALID })),
  jids: optional(z.array(identifier).max(MAX_PARTICIPANTS, INVALID)),
});
export type GroupItem = z.infer<typeof groupItem>;

const fileKey = plainText({ min: 1, max: MAX_NAME });
export const mediaItem = z.object({
  messageId: identifier,
  state: requiredEnum(["STORED", "FAILED", "EXPIRED"]),
  sha256: optional(z.string().regex(/^[0-9a-f]{64}$/, INVALID)),
  mimeType: optional(plainText({ min: 1, max: MAX_NAME })),
  size: optional(size),
  fileName: optional(name),
  storageKey: optional(fileKey),
  thumbnailKey: optional(fileKey),
  errorCode: optional(plainText({ min: 1, max: MAX_ID })),
});
export type MediaItem = z.infer<typeof mediaItem>;

export const ingestOutcome = z.enum(["created", "updated", "unchanged", "skipped", "rejected"]);
export type IngestOutcome = z.infer<typeof ingestOutcome>;

export const ingestResult = z.object({ key: z.string(), outcome: ingestOutcome, id: z.string().nullable(), error: z.string().nullable() });
export type IngestResult = z.infer<typeof ingestResult>;

export const ingestReply = z.object({ success: z.literal(true), results: z.array(ingestResult) });
export type IngestReply = z.infer<typeof ingestReply>;

export const sessionReportReply = z.object({ success: z.literal(true), outcome: ingestOutcome });
export type SessionReportReply = z.infer<typeof sessionReportReply>;
