import { isDeepStrictEqual } from "node:util";
import { Injectable } from "@nestjs/common";
import { identityOf } from "@ipnuo/domain/contact-identity";
import type { MessageItem } from "@ipnuo/domain/ingest";
import { isBroadcast, isNewsletter, parseJid } from "@ipnuo/domain/jid";
import { refresh, toStoredMetadata, type StoredMetadata } from "@ipnuo/domain/message-history";
import { messageReceived } from "@ipnuo/domain/message-event-payloads";
import { toMimeType } from "@ipnuo/domain/wire-values";
import type { IdentifiedContact } from "../contacts/contact-identities.ts";
import { sql, timestampOf, toObjectOrNull, UTC_NOW } from "../runtime/sql.ts";
import { appliedTo, rejected, SKIPPED, type Applied, type Batch } from "./batch.ts";
import { createMessage, findKnown, keepMedia, type KnownMessage } from "./inbound-rows.ts";
import { IngestContacts } from "./ingest-contacts.ts";
import { MessageStatuses } from "./message-statuses.ts";

/** Messages as they come in, own ones from other devices too (contract 4.3). */
@Injectable()
export class InboundMessages {
  constructor(
    private readonly contacts: IngestContacts,
    private readonly statuses: MessageStatuses,
  ) {}

  async apply(batch: Batch, item: MessageItem): Promise<Applied> {
    if (isBroadcast(item.remoteJid) || isNewsletter(item.remoteJid)) return SKIPPED;
    const identity = parseJid(item.remoteJid) === undefined ? undefined : identityOf([item.remoteJid, item.remoteJidAlt]);
    if (identity === undefined) return rejected("remoteJid is invalid");
    const isTold = item.source !== "history";
    // A name is that of whoever wrote: never a group's, and not the other's when it was us.
    const name = identity.kind === "person" && !item.fromMe ? orNull(item.pushName) : null;
    const contact = await this.contacts.obtain(batch, identity, { name, isTold });
    const known = await findKnown(batch, item.messageId);
    const createdId = known === undefined ? await createMessage(batch, item, contact) : undefined;
    const isUnread = createdId !== undefined && !item.fromMe && item.source === "live";
    await touchContact(batch, contact.id, { name, timestamp: item.timestamp, unread: isUnread ? 1 : 0 });
    if (createdId === undefined) return this.applyKnown(batch, item, contact, known ?? (await findKnown(batch, item.messageId)));
    if (isTold) tellReceived(batch, item, { id: createdId, contact });
    return { outcome: "created", id: createdId };
  }

  private async applyKnown(batch: Batch, item: MessageItem, contact: IdentifiedContact, known: KnownMessage | undefined): Promise<Applied> {
    if (known === undefined) return rejected("messageId is invalid");
    // What we sent comes back as its own echo: it proves that WhatsApp has it, and says nothing else that is new.
    if (known.isQueued) return appliedTo(known.id, await this.statuses.raise(batch, known, { status: "SENT", at: item.timestamp }));
    return appliedTo(known.id, await refreshKnown(batch, item, contact, known));
  }
}

function orNull(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}

/** Content, type and metadata as reported now; status and stamps never. True when something changed. */
async function refreshKnown(batch: Batch, item: MessageItem, contact: IdentifiedContact, known: KnownMessage): Promise<boolean> {
  const stored = { content: known.content, metadata: (toObjectOrNull(known.metadata) ?? {}) as StoredMetadata };
  const next = refresh(stored, { content: orNull(item.content), metadata: toStoredMetadata(item.metadata) });
  const messageType = next === stored ? known.messageType : item.messageType;
  const media = item.media !== undefined && (await keepMedia(batch, known.id, item.media)) ? item.media : undefined;
  const isSame =
    messageType === known.messageType &&
    next.content === known.content &&
    isDeepStrictEqual(next.metadata, stored.metadata) &&
    known.contactId !== null &&
    media === undefined;
  if (isSame) return false;
  await batch.db.whatsAppMessage.update({
    where: { id: known.id },
    data: {
      content: next.content,
      messageType,
      metadata: next.metadata,
      ...(known.contactId === null ? { whatsappContactId: contact.id, remoteJid: contact.jid } : {}),
      ...(media === undefined ? {} : { mediaMimeType: toMimeType(media.mimeType), mediaSize: media.size ?? null }),
    },
    select: { id: true },
  });
  return true;
}

type Touch = { readonly name: string | null; readonly timestamp: Date; readonly unread: number };

/** The newest message is the contact's, with its session; repeated reports change nothing. */
async function touchContact({ db, session }: Batch, contactId: string, { name, timestamp, unread }: Touch): Promise<void> {
  const at = timestampOf(timestamp);
  const isNewest = sql`("lastMessageAt" is null or "lastMessageAt" < ${at} or ("sessionId" is null and "lastMessageAt" = ${at}))`;
  await db.$executeRaw(sql`
    update whatsapp_contacts set
      name = coalesce(name, ${name}::text),
      "sessionId" = case when ${isNewest} then ${session.sessionId} else "sessionId" end,
      "lastMessageAt" = greatest("lastMessageAt", ${at}),
      "unreadCount" = "unreadCount" + ${unread}::int,
      "updatedAt" = ${UTC_NOW}
    where id = ${contactId} and (${isNewest} or ${unread}::int > 0 or (name is null and ${name}::text is not null))`);
}

function tellReceived({ session, ...batch }: Batch, item: MessageItem, { id, contact }: { id: string; contact: IdentifiedContact }): void {
  const { messageId, fromMe, messageType } = item;
  const tellings = batch.tellings;
  tellings.push((contactOf) => {
    const fact = contactOf(contact.id);
    const remoteJid = fact?.jid ?? contact.jid;
    return messageReceived({ ...session, id, messageId, remoteJid, fromMe, content: orNull(item.content), messageType, contact: fact });
  });
}
