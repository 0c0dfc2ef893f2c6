import { isDeepStrictEqual } from "node:util";
import { Injectable } from "@nestjs/common";
import { identityOf } from "@ipnuo/domain/contact-identity";
import { participantsAfter, storedParticipants, validJids } from "@ipnuo/domain/group-participants";
import type { ContactItem, GroupItem } from "@ipnuo/domain/ingest";
import { isBroadcast, isNewsletter, parseJid } from "@ipnuo/domain/jid";
import { groupParticipants, groupUpdated } from "@ipnuo/domain/message-event-payloads";
import type { Prisma } from "../../prisma/generated/whatsapp/client.ts";
import { toObjectOrNull } from "../runtime/sql.ts";
import { appliedTo, rejected, SKIPPED, type Applied, type Batch } from "./batch.ts";
import { IngestContacts } from "./ingest-contacts.ts";

/** The address book and groups as the worker's account knows them (contract 4.1). Null or absent keeps what is stored. */
@Injectable()
export class ContactReports {
  constructor(private readonly contacts: IngestContacts) {}

  async applyContact(batch: Batch, item: ContactItem): Promise<Applied> {
    if (isBroadcast(item.jid) || isNewsletter(item.jid)) return SKIPPED;
    const identity = parseJid(item.jid) === undefined ? undefined : identityOf([item.jid, item.pn, item.lid]);
    if (identity === undefined) return rejected("jid is invalid");
    const contact = await this.contacts.obtain(batch, identity, { name: item.name || null, isTold: true });
    const hasChanged = await updateIfDifferent(batch, contact.id, {
      ...(item.name ? { name: item.name } : {}),
      ...(item.isBusiness === undefined ? {} : { isBusiness: item.isBusiness }),
      ...(item.avatarUrl === undefined ? {} : { avatarUrl: item.avatarUrl }),
    });
    return contact.isNew ? { outcome: "created", id: contact.id } : appliedTo(contact.id, contact.isChanged || hasChanged);
  }

  async applyGroup(batch: Batch, item: GroupItem): Promise<Applied> {
    const address = parseJid(item.jid);
    if (address?.kind !== "group") return rejected("jid is invalid");
    const { id, isNew } = await this.contacts.obtain(batch, { kind: "group", jid: address.jid }, { name: item.subject || null, isTold: true });
    const before = await batch.db.whatsAppContact.findUniqueOrThrow({ where: { id }, select: { name: true, metadata: true } });
    const stored = storedParticipants(before.metadata);
    const participants = participantsAfter(stored, item);
    const hasOthers = !isDeepStrictEqual(participants, stored);
    const hasSubject = item.subject !== undefined && item.subject !== "" && (isNew || item.subject !== before.name);
    const hasChanged = await updateIfDifferent(batch, id, {
      ...(item.subject ? { name: item.subject } : {}),
      ...(item.avatarUrl === undefined ? {} : { avatarUrl: item.avatarUrl }),
      ...(hasOthers ? { metadata: { ...toObjectOrNull(before.metadata), participants } } : {}),
    });
    const { session } = batch;
    const groupOf = (fact: { id: string; chatbotContactId: string | null; name: string | null } | null) => ({
      ...session,
      jid: address.jid,
      id,
      chatbotContactId: fact?.chatbotContactId ?? null,
      name: fact?.name ?? null,
    });
    const { action, jids } = item;
    if (hasSubject || hasOthers) batch.tellOfGroup((contactOf) => groupUpdated(groupOf(contactOf(id)), participants.length));
    if (hasOthers && action !== undefined) batch.tellOfGroup((contactOf) => groupParticipants(groupOf(contactOf(id)), action, validJids(jids ?? [])));
    return isNew ? { outcome: "created", id } : appliedTo(id, hasChanged);
  }
}

/** Writes only what differs, so that a repeated report leaves the row as it is. */
async function updateIfDifferent({ db }: Batch, id: string, data: Prisma.WhatsAppContactUncheckedUpdateInput): Promise<boolean> {
  const stored = (await db.whatsAppContact.findUniqueOrThrow({ where: { id } })) as Readonly<Record<string, unknown>>;
  if (Object.entries(data).every(([key, value]) => isDeepStrictEqual(stored[key], value))) return false;
  await db.whatsAppContact.update({ where: { id }, data, select: { id: true } });
  return true;
}
