import { Inject, Injectable } from "@nestjs/common";
import type { DelegateBody } from "@ipnuo/domain/conversation-requests";
import { UsersRepository } from "../contacts/users.repository.ts";
import { sql } from "../runtime/sql.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import type { Queries, Transaction } from "../runtime/transactions.ts";

type Target = { readonly id: string; readonly contactId: string };

/** Messages that wait for somebody to take them. */
@Injectable()
export class DelegationRepository {
  constructor(
    private readonly users: UsersRepository,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  /** An incoming message of the chat, by its row id, else the newest with that WhatsApp id. */
  async find(db: Queries, tenantId: string, { messageId, jid }: DelegateBody): Promise<Target | undefined> {
    const [row] = await db.$queryRaw<(Target & { readonly isOurs: boolean; readonly isOfChat: boolean })[]>(sql`
      select m.id, k.id as "contactId", m."fromMe" as "isOurs", (${jid.jid} in (m."remoteJid", k.jid, k.pn, k.lid)) is true as "isOfChat"
      from (
        select 1 as rank, m.* from whatsapp_messages m where m.id = ${messageId}
        union all
        select 2, m.* from whatsapp_sessions s join whatsapp_messages m on m."sessionId" = s."sessionId" and m."messageId" = ${messageId}
        where s."tenantId" = ${tenantId}
      ) m
      join whatsapp_sessions s on s."sessionId" = m."sessionId" and s."tenantId" = ${tenantId}
      join whatsapp_contacts k on k.id = m."whatsappContactId" and k."tenantId" = ${tenantId}
      order by m.rank, m.timestamp desc, m.id desc limit 1`);
    return row === undefined || row.isOurs || !row.isOfChat ? undefined : row;
  }

  /** It leaves the feed of waiting messages. */
  async deliver(db: Queries, id: string): Promise<void> {
    await db.whatsAppMessage.updateMany({
      where: { id, status: "PENDING" },
      data: { status: "DELIVERED", deliveredAt: new Date(this.timing.nowMs()) },
    });
  }

  /** Who takes control is stored as a user: throws 404 without a row. */
  async requireUser(transaction: Transaction, tenantId: string, userId: string): Promise<void> {
    await this.users.require(tenantId, userId, transaction);
  }
}
