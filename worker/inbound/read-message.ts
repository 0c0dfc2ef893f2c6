import type { WAMessage } from "@whiskeysockets/baileys";
import { adaptMessage, type AdapterContext, type IgnoredReason, type InboundMessage } from "@ipnuo/domain/message-adapter";
import type { MessageChange } from "@ipnuo/domain/message-changes";
import { unwrapContent } from "@ipnuo/domain/message-wrappers";
import { toRemoteMedia, type RemoteMedia } from "../media/remote-media.ts";

/** An item of the ingest call `messages`, complete (contract 4.3). */
export type MessageReport = Omit<InboundMessage, "media"> & {
  readonly media: (NonNullable<InboundMessage["media"]> & { readonly remote: RemoteMedia }) | null;
};

/** What a WhatsApp message is to the ingest API. */
export type Reading =
  | { readonly kind: "message"; readonly item: MessageReport }
  | { readonly kind: "change"; readonly item: MessageChange }
  | { readonly kind: "ignored"; readonly reason: IgnoredReason };

/** Items that follow each other and go to the same path. */
export type Run = { readonly path: "messages" | "messages/changes"; readonly items: { readonly messageId: string }[] };

/** Pure. The order of messages and of what changes them is kept. */
export function toRuns(readings: readonly Reading[]): Run[] {
  const runs: Run[] = [];
  for (const reading of readings) {
    if (reading.kind === "ignored") continue;
    const path = reading.kind === "message" ? "messages" : "messages/changes";
    const last = runs.at(-1);
    if (last?.path === path) last.items.push(reading.item);
    else runs.push({ path, items: [reading.item] });
  }
  return runs;
}

/** What the ingest API takes; more would get the whole item rejected. */
const MAX_ID = 128;
const MAX_NAME = 1_024;
const MAX_CONTENT = 1_000_000;
const MAX_EMOJI = 64;

/** Pure and total: whatever the protocol holds, it is read, cut to what the API takes, or ignored for a reason. */
export function readMessage(raw: WAMessage, context: AdapterContext): Reading {
  const adapted = adaptMessage(raw, context);
  switch (adapted.kind) {
    case "ignored":
      return adapted;
    case "change":
      return adapted.change.messageId.length > MAX_ID
        ? { kind: "ignored", reason: "identity" }
        : { kind: "change", item: boundChange(adapted.change) };
    case "message":
      return adapted.message.messageId.length > MAX_ID
        ? { kind: "ignored", reason: "identity" }
        : { kind: "message", item: { ...boundMessage(adapted.message), media: mediaOf(raw, adapted.message) } };
  }
}

function boundMessage(message: InboundMessage): Omit<InboundMessage, "media"> {
  const { media: _, pushName, content, quotedMessageId, ...rest } = message;
  return {
    ...rest,
    pushName: cut(pushName, MAX_NAME),
    content: cut(content, MAX_CONTENT),
    quotedMessageId: quotedMessageId === null || quotedMessageId.length > MAX_ID ? null : quotedMessageId,
  };
}

function boundChange(change: MessageChange): MessageChange {
  switch (change.kind) {
    case "reaction":
      return { ...change, emoji: cut(change.emoji, MAX_EMOJI) };
    case "edit":
      return { ...change, content: cut(change.content, MAX_CONTENT) };
    case "delete":
      return change;
  }
}

/** Without what is needed to fetch it there is no media to wait for, only a message that had some. */
function mediaOf(raw: WAMessage, { media, remoteJid, messageId, fromMe, participant }: InboundMessage): MessageReport["media"] {
  if (media === null) return null;
  const content = unwrapContent(raw.message) as WAMessage["message"];
  const remote = toRemoteMedia(content, { remoteJid, id: messageId, fromMe, participant });
  return remote === undefined ? null : { ...media, remote };
}

/** At most so many code points. */
function cut(text: string | null, length: number): string | null {
  if (text === null || text.length <= length) return text;
  return Array.from(text).slice(0, length).join("");
}
