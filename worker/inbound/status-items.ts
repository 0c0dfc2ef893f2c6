import type { MessageUserReceiptUpdate, WAMessageUpdate } from "@whiskeysockets/baileys";
import { isGroupOrPerson } from "./chats.ts";

/** An item of the ingest call `messages/status`. */
export type StatusReport = {
  readonly messageId: string;
  readonly status: "SENT" | "DELIVERED" | "READ" | "FAILED";
  readonly at: string;
  readonly errorCode?: number;
};

/** The protocol's numbers. Played counts as read. */
const STATUS: Readonly<Record<number, StatusReport["status"]>> = { 0: "FAILED", 2: "SENT", 3: "DELIVERED", 4: "READ", 5: "READ" };
const DELIVERED = 3;
const MS_PER_S = 1_000;

type Own = {
  readonly key: WAMessageUpdate["key"];
  readonly status?: number | null | undefined;
  readonly messageTimestamp?: unknown;
  readonly messageStubParameters?: unknown;
};

/** What an update says of an own message's fate; undefined when it says nothing. Pure. */
export function toStatusItem({ key, update }: WAMessageUpdate, nowMs: number): StatusReport | undefined {
  return statusOf({ ...(update as Partial<Own>), key }, nowMs);
}

/** A status that came inside of the message itself: the library merges what it holds back. */
export function mergedStatus(message: Own, nowMs: number): StatusReport | undefined {
  return (message.status ?? 0) >= DELIVERED ? statusOf(message, nowMs) : undefined;
}

/** Of a group message: the first member who has it, or has read it, moves the tick. */
export function toGroupStatusItem({ key, receipt }: MessageUserReceiptUpdate, nowMs: number): StatusReport | undefined {
  const readAt = secondsOf(receipt.readTimestamp);
  const at = readAt ?? secondsOf(receipt.receiptTimestamp);
  if (at === undefined) return undefined;
  return statusOf({ key, status: readAt === undefined ? DELIVERED : DELIVERED + 1, messageTimestamp: at }, nowMs);
}

function statusOf({ key, status, messageTimestamp, messageStubParameters }: Own, nowMs: number): StatusReport | undefined {
  const name = STATUS[status ?? 1];
  if (name === undefined || key.fromMe !== true || !key.id || !isGroupOrPerson(key.remoteJid)) return undefined;
  const seconds = secondsOf(messageTimestamp);
  const at = new Date(seconds === undefined || name === "FAILED" ? nowMs : seconds * MS_PER_S).toISOString();
  const errorCode = name === "FAILED" ? codeOf(messageStubParameters) : undefined;
  return { messageId: key.id, status: name, at, ...(errorCode === undefined ? {} : { errorCode }) };
}

const LAST_SECOND = Date.UTC(9999, 11, 31) / MS_PER_S;

function secondsOf(value: unknown): number | undefined {
  const seconds = Number(value ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 && seconds < LAST_SECOND ? seconds : undefined;
}

/** The code of an error ack is its first parameter. */
function codeOf(parameters: unknown): number | undefined {
  const code = Array.isArray(parameters) ? Number(parameters[0]) : Number.NaN;
  return Number.isInteger(code) && code >= 0 && code < 2 ** 31 ? code : undefined;
}
