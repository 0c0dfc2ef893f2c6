import { Injectable } from "@nestjs/common";
import { ContactChanges } from "../contacts/contact-changes.ts";
import { UsersRepository } from "../contacts/users.repository.ts";
import { sql } from "../runtime/sql.ts";
import type { Queries } from "../runtime/transactions.ts";
import { TransfersRepository } from "../transfers/transfers.repository.ts";
import type { ContactRow } from "./contact-derivations.ts";
import { newestOf } from "./derivation.ts";
import type { MessageRow } from "./message-derivations.ts";
import type { SessionRow } from "./session-derivations.ts";
import type { TransferFacts } from "./transfer-derivations.ts";

type Addressed = { readonly id: string; readonly metadata: unknown; readonly updatedAt: Date; readonly newestUpdatedAt: Date | null };

/** The rows emissions are about, by their business keys. Reads only. */
@Injectable()
export class FactsRepository {
  constructor(
    private readonly contacts: ContactChanges,
    private readonly transfers: TransfersRepository,
    private readonly users: UsersRepository,
  ) {}

  /** The first of some sessions that is there. */
  async session(db: Queries, sessionIds: readonly string[]): Promise<SessionRow | undefined> {
    const [row] = await db.$queryRaw<SessionRow[]>(sql`
      select s."sessionId", s."tenantId", s.status, s."phoneNumber", s."accountName", s."errorMessage", s."qrCode", s."pairingCode",
        s."qrUpdatedAt", s."lastConnected", s."lastDisconnectReason", s."lastDisconnectCode", s."reconnectAttempts", s."updatedAt"
      from whatsapp_sessions s where s."sessionId" = any(${[...sessionIds]})
      order by array_position(${[...sessionIds]}::text[], s."sessionId") limit 1`);
    return row;
  }

  async message(db: Queries, { sessionId, tenantId }: SessionRow, messageId: string): Promise<MessageRow | undefined> {
    const [row] = await db.$queryRaw<MessageRow[]>(sql`
      select m."sessionId", ${tenantId} as "tenantId", m.id, m."messageId", m."remoteJid", m."fromMe", m.content, m."messageType", m.status,
        m."deliveredAt", m."readAt", m."errorMessage", m."mediaMimeType", m."mediaSize", m.metadata, m."senderId", m."updatedAt",
        exists (select 1 from whatsapp_outbox o where o."messageRowId" = m.id) as "isQueued",
        k.id as "contactId", k.jid as "contactJid", k.name as "contactName", k."chatbotContactId", k."updatedAt" as "contactUpdatedAt",
        d.state as "mediaState", d."updatedAt" as "mediaUpdatedAt"
      from whatsapp_messages m
      left join whatsapp_contacts k on k.id = m."whatsappContactId" and k."tenantId" = ${tenantId}
      left join whatsapp_media d on d."messageRowId" = m.id
      where m."sessionId" = ${sessionId} and m."messageId" = ${messageId}`);
    return row;
  }

  /** By any of its addresses: the canonical one changes when a phone is learnt. */
  async contact(db: Queries, { sessionId, tenantId }: SessionRow, jid: string): Promise<ContactRow | undefined> {
    const [row] = await db.$queryRaw<Addressed[]>(sql`
      select k.id, k.metadata, k."updatedAt", newest."updatedAt" as "newestUpdatedAt" from whatsapp_contacts k
      left join lateral (
        select m."updatedAt" from whatsapp_messages m where m."whatsappContactId" = k.id order by m."timestamp" desc, m.id desc limit 1
      ) newest on true
      where k."tenantId" = ${tenantId} and (k.jid = ${jid} or k.pn = ${jid} or k.lid = ${jid})
      order by k.jid = ${jid} desc, k.id limit 1`);
    const fact = row === undefined ? undefined : (await this.contacts.read({ db }, tenantId, [row.id])).get(row.id);
    if (row === undefined || fact === undefined) return undefined;
    return { session: { sessionId, tenantId }, fact, metadata: row.metadata, asOf: newestOf(row.updatedAt, row.newestUpdatedAt) };
  }

  async transfer(db: Queries, requestId: string): Promise<TransferFacts | undefined> {
    const row = await this.transfers.read(db, requestId);
    if (row === undefined) return undefined;
    const admins = await this.users.adminIds(row.contactTenantId, { db });
    const [changed] = await db.$queryRaw<{ contact: Date; users: Date | null }[]>(sql`
      select k."updatedAt" as contact, (select max(u."updatedAt") from users u where u."tenantId" = k."tenantId") as users
      from whatsapp_contacts k where k.id = ${row.contactId}`);
    return { row, admins, asOf: newestOf(row.updatedAt, changed?.contact ?? null, changed?.users ?? null) };
  }
}
