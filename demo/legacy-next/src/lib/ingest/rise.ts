import type { MessageStatus } from "@ipnuo/domain/enums";
import type { WhatsAppMessage } from "../../../generated/prisma/client.ts";
import { messageSent, messageStatus } from "../realtime/message-events.ts";
import type { Batch } from "./batch.ts";
import { rises } from "./status-rank.ts";

export type Proof = {
  readonly status: Exclude<MessageStatus, "PENDING">;
  readonly at: Date;
  readonly errorCode: number | null;
  readonly errorMessage: string | null;
};

type OwnMessage = WhatsAppMessage & {
  readonly whatsappContact: { readonly id: string; readonly chatbotContactId: string | null; readonly name: string | null } | null;
};

const UNSETTLED = ["QUEUED", "CLAIMED", "WRITTEN", "UNKNOWN"] as const;
const UNEXPLAINED = "Message could not be sent";

/** An own message is known to have got further; its outbox row follows. False, and nothing, when that is no news. */
export async function rise(batch: Batch, message: OwnMessage, proof: Proof): Promise<boolean> {
  if (!rises(message.status, proof.status)) return false;
  const { transaction, news, tenantId } = batch;
  const errorMessage = proof.status === "FAILED" ? (proof.errorMessage ?? UNEXPLAINED) : null;
  const risen = await transaction.whatsAppMessage.update({
    where: { id: message.id },
    data: {
      status: proof.status,
      errorMessage,
      ...(proof.status === "DELIVERED" ? { deliveredAt: message.deliveredAt ?? proof.at } : {}),
      ...(proof.status === "READ" ? { readAt: message.readAt ?? proof.at } : {}),
    },
  });
  await settleOutbox(batch, message.id, { ...proof, errorMessage });

  const where = { tenantId, contact: message.whatsappContact };
  switch (proof.status) {
    case "SENT":
      news.tell(messageSent(risen, where));
      break;
    case "DELIVERED":
      news.tell(messageStatus(risen, where, { status: "DELIVERED", deliveredAt: risen.deliveredAt ?? proof.at }));
      break;
    case "READ":
      news.tell(messageStatus(risen, where, { status: "READ", readAt: risen.readAt ?? proof.at }));
      break;
    case "FAILED":
      news.tell(messageStatus(risen, where, { status: "FAILED", errorMessage: errorMessage ?? UNEXPLAINED }));
      break;
  }
  return true;
}

/** A failure settles only what was open; proof of sending also what had failed. */
async function settleOutbox({ transaction }: Batch, messageRowId: string, { status, errorCode, errorMessage }: Proof): Promise<void> {
  const settledAt = new Date();
  if (status === "FAILED") {
    const data = { state: "FAILED", settledAt, errorCode, errorMessage } as const;
    await transaction.whatsAppOutbox.updateMany({ where: { messageRowId, state: { in: [...UNSETTLED] } }, data });
    return;
  }
  const data = { state: "SENT", settledAt, errorCode: null, errorMessage: null } as const;
  await transaction.whatsAppOutbox.updateMany({ where: { messageRowId, state: { not: "SENT" } }, data });
}
