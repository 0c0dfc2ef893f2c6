import type { WhatsAppContact } from "../../../generated/prisma/client.ts";
import { contactCreated } from "../realtime/contact-events.ts";
import { phoneDigits } from "../whatsapp/jid.ts";
import type { Batch } from "./batch.ts";
import { findChatbotContact, linkChatbotContact } from "./chatbot-contact.ts";
import { mergeContacts } from "./merge-contacts.ts";
import { addressesOf, type Who } from "./person.ts";

export type Settled = {
  readonly contact: WhatsAppContact;
  readonly isNew: boolean;
  /** An address was learnt, or rows were merged. */
  readonly isChanged: boolean;
};

type Manner = {
  /** Of a row that has to be created. */
  readonly name: string | null;
  /** History is settled without a word. */
  readonly isLoud: boolean;
};

/** The one row of a person or group: created when nobody has these addresses, completed or merged when a pair becomes known. */
export async function settleContact(batch: Batch, who: Who, { name, isLoud }: Manner): Promise<Settled> {
  const rows = await findRows(batch, addressesOf(who));
  if (rows.length === 0) return createContact(batch, who, { name, isLoud });
  if (isLoud) for (const { id } of rows) await batch.news.watch(id);
  const contact = who.kind === "group" ? rows[0] : await learnPair(batch, rows, who);
  if (contact === undefined) throw new Error("a contact that was just found is gone");
  return { contact, isNew: false, isChanged: contact !== rows[0] };
}

/** The owners of the addresses, in the order of the addresses and each once; locked. */
async function findRows({ transaction, tenantId }: Batch, addresses: readonly string[]): Promise<WhatsAppContact[]> {
  const list = [...addresses];
  const locked = await transaction.$queryRaw<{ id: string }[]>`
    select "id" from "whatsapp_contacts"
    where "tenantId" = ${tenantId} and ("pn" = any(${list}) or "lid" = any(${list}) or "jid" = any(${list}))
    order by "id" for update`;
  if (locked.length === 0) return [];
  const rows = await transaction.whatsAppContact.findMany({ where: { id: { in: locked.map(({ id }) => id) } }, orderBy: { id: "asc" } });
  const owners = addresses.map((address) => ownerOf(rows, address)).filter((row) => row !== undefined);
  return [...new Set(owners)];
}

/** A row may still be called by an address that is another's by now: who holds it as such comes first. */
function ownerOf(rows: readonly WhatsAppContact[], address: string): WhatsAppContact | undefined {
  return rows.find(({ pn, lid }) => pn === address || lid === address) ?? rows.find(({ jid }) => jid === address);
}

async function createContact(batch: Batch, who: Who, { name, isLoud }: Manner): Promise<Settled> {
  const { transaction, news, tenantId, sessionId } = batch;
  const [jid = ""] = addressesOf(who);
  const addresses = who.kind === "group" ? {} : { lid: who.lid ?? null, phoneNumber: phoneDigits(who.pn ?? null) };
  const isGroup = who.kind === "group";
  const named = { tenantId, jid, pn: who.kind === "group" ? null : (who.pn ?? null), name, isGroup };
  const chatbotContactId = await findChatbotContact(transaction, named);
  const contact = await transaction.whatsAppContact.create({ data: { ...named, ...addresses, sessionId, chatbotContactId } });
  if (isLoud) {
    news.tell(...contactCreated(contact));
    news.watchNew(contact);
  }
  return { contact, isNew: true, isChanged: true };
}

/** `rows`: the owner of the number before the owner of the LID. */
async function learnPair(
  batch: Batch,
  rows: readonly WhatsAppContact[],
  who: Extract<Who, { kind: "person" }>,
): Promise<WhatsAppContact | undefined> {
  const { lid, pn } = who;
  const [first, second] = rows;
  if (first === undefined) return undefined;
  if (second === undefined) return complete(batch, first, { lid: lid ?? first.lid, pn: pn ?? first.pn });
  if (lid === undefined || pn === undefined) return first;
  const isContradicted = (first.lid !== null && first.lid !== lid) || (second.pn !== null && second.pn !== pn);
  if (!isContradicted) return mergeContacts(batch, { survivor: first, other: second, lid });
  // The newer evidence wins, nothing is merged: the LID changes hands.
  await batch.transaction.whatsAppContact.update({ where: { id: second.id }, data: { lid: null, jid: second.pn ?? second.jid } });
  return complete(batch, first, { lid, pn });
}

type Halves = Pick<WhatsAppContact, "lid" | "pn">;

/** A row gains an address, or gets a newer one. It is called by its number as soon as that is known, and so are its messages. */
async function complete({ transaction }: Batch, contact: WhatsAppContact, { lid, pn }: Halves): Promise<WhatsAppContact> {
  if (contact.lid === lid && contact.pn === pn) return contact;
  const jid = pn ?? lid ?? contact.jid;
  const completed = await transaction.whatsAppContact.update({ where: { id: contact.id }, data: { lid, pn, jid, phoneNumber: phoneDigits(pn) } });
  if (jid !== contact.jid) await transaction.whatsAppMessage.updateMany({ where: { whatsappContactId: contact.id }, data: { remoteJid: jid } });
  return contact.pn === null && pn !== null ? linkChatbotContact(transaction, completed) : completed;
}
