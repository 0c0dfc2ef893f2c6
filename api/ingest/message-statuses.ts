import { Injectable } from "@nestjs/common";
import type { MessageStatus, MessageType } from "@ipnuo/domain/enums";
import type { StatusItem } from "@ipnuo/domain/ingest";
import { messageSent, messageStatusChanged, type RisenStatus } from "@ipnuo/domain/message-event-payloads";
import { isHigherStatus, provesDispatch } from "@ipnuo/domain/message-status";
import { sql, UTC_NOW } from "../runtime/sql.ts";
import type { Queries } from "../runtime/transactions.ts";
import { appliedTo, SKIPPED, type Applied, type Batch } from "./batch.ts";

/** An own message, with the contact events name. */
export type OwnMessage = {
  readonly id: string;
  readonly messageId: string;
  readonly remoteJid: string;
  readonly content: string | null;
  readonly messageType: MessageType;
  readonly status: MessageStatus;
  readonly contactId: string | null;
  readonly contactName: string | null;
  readonly chatbotContactId: string | null;
};

export type Report = Pick<StatusItem, "status" | "at"> & Partial<Pick<StatusItem, "errorCode" | "errorMessage">>;

const UNEXPLAINED = "Message could not be sent";

/** Statuses of own messages: they only rise, and the outbox follows (contract 5.4). */
@Injectable()
export class MessageStatuses {
  async apply(batch: Batch, { messageId, ...report }: StatusItem): Promise<Applied> {
    const message = await findOwn(batch, messageId);
    return message === undefined ? SKIPPED : appliedTo(message.id, await this.raise(batch, message, report));
  }

  /** The reported status, if it is higher than the stored one. An echo of what we sent reports SENT. */
  async raise(batch: Batch, message: OwnMessage, report: Report): Promise<boolean> {
    await settleOutbox(batch.db, message.id, report);
    if (!isHigherStatus(report.status, message.status)) return false;
    const errorMessage = report.status === "FAILED" ? failureOf(report) : null;
    await batch.db.whatsAppMessage.update({
      where: { id: message.id },
      data: {
        status: report.status,
        errorMessage,
        ...(report.status === "DELIVERED" ? { deliveredAt: report.at } : {}),
        ...(report.status === "READ" ? { readAt: report.at } : {}),
      },
      select: { id: true },
    });
    tellRise(batch, message, report);
    return true;
  }
}

/** Locked until the batch is done. */
export async function findOwn({ db, session }: Batch, messageId: string): Promise<OwnMessage | undefined> {
  const [row] = await db.$queryRaw<OwnMessage[]>(sql`
    select m.id, m."messageId", m."remoteJid", m.content, m."messageType", m.status,
      k.id as "contactId", k.name as "contactName", k."chatbotContactId"
    from whatsapp_messages m left join whatsapp_contacts k on k.id = m."whatsappContactId" and k."tenantId" = ${session.tenantId}
    where m."sessionId" = ${session.sessionId} and m."messageId" = ${messageId} and m."fromMe" for update of m`);
  return row;
}

function tellRise(batch: Batch, message: OwnMessage, report: Report): void {
  const { id, messageId, remoteJid, content, messageType } = message;
  const contact =
    message.contactId === null ? null : { id: message.contactId, chatbotContactId: message.chatbotContactId, name: message.contactName };
  const fact = { ...batch.session, id, messageId, remoteJid, fromMe: true, content, messageType, contact };
  if (report.status === "SENT") batch.tell(() => messageSent(fact));
  else {
    const risen = toRisen(report, report.status);
    batch.tell(() => messageStatusChanged(fact, risen));
  }
}

function toRisen(report: Report, status: RisenStatus["status"]): RisenStatus {
  const at = report.at.toISOString();
  if (status === "DELIVERED") return { status, deliveredAt: at };
  return status === "READ" ? { status, readAt: at } : { status, errorMessage: failureOf(report) };
}

/** As the legacy app says it; the code is in the outbox row. */
function failureOf({ errorMessage }: Report): string {
  return errorMessage === undefined || errorMessage === "" ? UNEXPLAINED : errorMessage;
}

/** SENT is final; FAILED becomes SENT on later proof (contract 6.5). */
async function settleOutbox(db: Queries, messageRowId: string, report: Report): Promise<void> {
  if (provesDispatch(report.status)) {
    await db.$executeRaw(sql`
      update whatsapp_outbox set state = 'SENT', "settledAt" = ${UTC_NOW}, "errorCode" = null, "errorMessage" = null, "updatedAt" = ${UTC_NOW}
      where "messageRowId" = ${messageRowId} and state <> 'SENT'`);
    return;
  }
  await db.$executeRaw(sql`
    update whatsapp_outbox set state = 'FAILED', "settledAt" = ${UTC_NOW}, "errorCode" = ${report.errorCode ?? null}::int,
      "errorMessage" = ${failureOf(report)}, "updatedAt" = ${UTC_NOW}
    where "messageRowId" = ${messageRowId} and state not in ('SENT', 'FAILED')`);
}
