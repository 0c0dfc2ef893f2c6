import type { MessageStatus, MessageType } from "@ipnuo/domain/enums";
import { isObject, type Body } from "../http/body.ts";
import { isNotForUs, readBoolean, readInstant, readJid, readOptionalInteger, readOptionalJid, readOptionalLabel } from "./fields.ts";
import { isStorableJson, toMessageMetadata } from "./stored-json.ts";

/** An item of the call `messages`, validated. */
export type InboundMessage = {
  readonly messageId: string;
  readonly remoteJid: string;
  readonly remoteJidAlt: string | undefined;
  readonly fromMe: boolean;
  readonly pushName: string | undefined;
  readonly timestamp: Date;
  readonly source: (typeof SOURCES)[number];
  readonly messageType: MessageType;
  readonly content: string | null;
  readonly quotedMessageId: string | undefined;
  readonly status: MessageStatus | undefined;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly media: InboundMedia | undefined;
};

type InboundMedia = {
  readonly mimeType: string;
  readonly size: number | undefined;
  readonly fileName: string | undefined;
  /** How to fetch it again; never told. */
  readonly remote: Readonly<Record<string, unknown>>;
};

const SOURCES = ["live", "append", "history"] as const;
const TYPES: readonly MessageType[] = ["TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT", "STICKER", "LOCATION", "CONTACT", "BUTTONS", "LIST"];
const STATUSES: readonly MessageStatus[] = ["PENDING", "SENT", "DELIVERED", "READ", "FAILED"];

export function parseInboundMessage(body: Body): InboundMessage | "skipped" {
  if (isNotForUs(body, "remoteJid")) return "skipped";
  return {
    messageId: body.text("messageId"),
    remoteJid: readJid(body, "remoteJid"),
    remoteJidAlt: readOptionalJid(body, "remoteJidAlt"),
    fromMe: readBoolean(body, "fromMe"),
    pushName: readOptionalLabel(body, "pushName"),
    timestamp: readInstant(body, "timestamp"),
    source: body.choice("source", SOURCES) ?? "live",
    messageType: body.choice("messageType", TYPES) ?? "TEXT",
    content: body.optionalText("content") || null, // never an empty text
    quotedMessageId: body.optionalText("quotedMessageId"),
    status: body.optionalChoice("status", STATUSES),
    metadata: readMetadata(body),
    media: readMedia(body),
  };
}

function readMetadata(body: Body): InboundMessage["metadata"] {
  if (body.isAbsent("metadata")) return null;
  const metadata = toMessageMetadata(body.raw("metadata"));
  if (metadata === undefined) body.reject("metadata");
  return metadata ?? null;
}

function readMedia(body: Body): InboundMedia | undefined {
  if (body.isAbsent("media")) return undefined;
  const fields = body.object("media");
  const mimeType = fields.text("mimeType");
  const size = readOptionalInteger(fields, "size");
  const fileName = fields.optionalText("fileName");
  const remote = fields.raw("remote");
  if (!isObject(remote) || !isStorableJson(remote)) fields.reject("remote");
  return { mimeType, size, fileName, remote: isObject(remote) ? remote : {} };
}
