import type { Prisma, WhatsAppMessage } from "../../../generated/prisma/client.ts";
import type { Body } from "../http/body.ts";
import type { Emission } from "../realtime/emission.ts";
import { messageDeleted, messageEdited, messageReaction } from "../realtime/message-events.ts";
import { objectOrNull } from "../whatsapp/wire.ts";
import type { Applied, Batch, ItemKind } from "./batch.ts";
import { readInstant, readJid } from "./fields.ts";
import { changeMessage, type Change } from "./message-changes.ts";

type ChangeItem = Change & { readonly messageId: string };

const KINDS = ["reaction", "edit", "delete"] as const;

export const messageChanges: ItemKind<ChangeItem> = { key: "messageId", parse, apply };

function parse(body: Body): ChangeItem {
  const messageId = body.text("messageId");
  const kind = body.choice("kind", KINDS) ?? "delete";
  const actorJid = readJid(body, "actorJid");
  const emoji = body.optionalText("emoji") || null;
  const content = body.optionalText("content") || null;
  const shared = { messageId, actorJid, at: readInstant(body, "at") };
  switch (kind) {
    case "reaction":
      return { ...shared, kind, emoji };
    case "edit":
      return { ...shared, kind, content };
    case "delete":
      return { ...shared, kind };
  }
}

async function apply(batch: Batch, { messageId, ...change }: ChangeItem): Promise<Applied> {
  const { transaction, news, sessionId, tenantId } = batch;
  const message = await transaction.whatsAppMessage.findUnique({
    where: { sessionId_messageId: { sessionId, messageId } },
    include: { whatsappContact: { select: { id: true, chatbotContactId: true, name: true } } },
  });
  if (message === null) return { outcome: "skipped" };
  const changed = changeMessage({ content: message.content, metadata: objectOrNull(message.metadata) ?? {} }, change);
  if (changed === undefined) return { outcome: "unchanged", id: message.id };
  // The chat list shows the newest message: an edit or a deletion may be seen there.
  if (message.whatsappContactId !== null) await news.watch(message.whatsappContactId);
  const stored = await transaction.whatsAppMessage.update({
    where: { id: message.id },
    data: { content: changed.content, metadata: changed.metadata as Prisma.InputJsonObject },
  });
  news.tell(toEmission(stored, { tenantId, contact: message.whatsappContact }, change));
  return { outcome: "updated", id: message.id };
}

function toEmission(message: WhatsAppMessage, where: Parameters<typeof messageDeleted>[1], change: Change): Emission {
  switch (change.kind) {
    case "reaction":
      return messageReaction(message, where, { from: change.actorJid, emoji: change.emoji });
    case "edit":
      return messageEdited(message, where, change.at);
    case "delete":
      return messageDeleted(message, where, change.at);
  }
}
