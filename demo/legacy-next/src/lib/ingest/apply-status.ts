import type { Body } from "../http/body.ts";
import type { Applied, Batch, ItemKind } from "./batch.ts";
import { readInstant, readOptionalInteger } from "./fields.ts";
import { rise, type Proof } from "./rise.ts";

type StatusItem = Proof & { readonly messageId: string };

const STATUSES = ["SENT", "DELIVERED", "READ", "FAILED"] as const;

export const messageStatuses: ItemKind<StatusItem> = { key: "messageId", parse, apply };

function parse(body: Body): StatusItem {
  return {
    messageId: body.text("messageId"),
    status: body.choice("status", STATUSES) ?? "SENT",
    at: readInstant(body, "at"),
    errorCode: readOptionalInteger(body, "errorCode") ?? null,
    errorMessage: body.optionalText("errorMessage") ?? null,
  };
}

/** Only own messages have a fate. */
async function apply(batch: Batch, { messageId, ...proof }: StatusItem): Promise<Applied> {
  const { transaction, sessionId } = batch;
  const message = await transaction.whatsAppMessage.findFirst({
    where: { sessionId, messageId, fromMe: true },
    include: { whatsappContact: { select: { id: true, chatbotContactId: true, name: true } } },
  });
  if (message === null) return { outcome: "skipped" };
  return { outcome: (await rise(batch, message, proof)) ? "updated" : "unchanged", id: message.id };
}
