import { hasCaption, mediaKindOf } from "@ipnuo/domain/media-kind";
import type { SendMediaFields, SendTextBody } from "@ipnuo/domain/send-requests";
import type { AskedSend } from "./asked-send.ts";
import { payloadHashOf } from "./send-identity.ts";
import type { OrderedFile, SendOrder } from "./send-order.ts";

/** What validated requests ask for. Pure: a real send and its dry run are made of the same. */

export function toTextOrder({ scope, requestId, fields }: AskedSend<SendTextBody>): SendOrder {
  const { sessionId, toJid, content, senderName, quotedMessageId } = fields;
  const payloadHash = payloadHashOf(toPayload(fields));
  return { scope, requestId, payloadHash, sessionId, to: toJid, senderName, quotedMessageId, messageType: "TEXT", content, file: undefined };
}

export function toMediaOrder({ scope, requestId, fields }: AskedSend<SendMediaFields>, file: OrderedFile): SendOrder {
  const { sessionId, toJid, senderName, quotedMessageId, content, asSticker, asDocument } = fields;
  const { sha256, fileName, mimeType } = file;
  const messageType = mediaKindOf(mimeType, { asSticker, asDocument });
  return {
    scope,
    requestId,
    payloadHash: payloadHashOf({ ...toPayload(fields), file: { sha256, name: fileName, type: mimeType } }),
    sessionId,
    to: toJid,
    senderName,
    quotedMessageId,
    messageType,
    content: hasCaption(messageType) ? (content ?? null) : null,
    file,
  };
}

/** Exactly one file, at least one byte. */
export function fileProblems([file, ...others]: readonly { readonly size: number }[]): string[] {
  if (file === undefined) return ["file is required"];
  return others.length > 0 || file.size === 0 ? ["file is invalid"] : [];
}

/** What a key stands for (contract 3.6): both systems hash the same, absent fields as null. */
function toPayload({ sessionId, toJid, content, senderName, quotedMessageId }: SendTextBody | SendMediaFields) {
  return { sessionId, toJid: toJid.jid, content: content ?? null, senderName: senderName ?? null, quotedMessageId: quotedMessageId ?? null };
}
