import { database } from "../database.ts";
import { notFound } from "../http/api-error.ts";
import { addressOf, phoneJid } from "./jid.ts";
import { isStorable } from "./wire.ts";

/** A contact, or somebody we know of who has no conversation yet: the thread is empty then. */
export type ContactReference = { readonly kind: "contact"; readonly id: string } | { readonly kind: "known" };

type Found = { readonly id: string } | null;

const KNOWN: ContactReference = { kind: "known" };

/**
 * Resolves a `contactId`: a contact's id, a chatbot contact's, a user's, a JID, a number. The first hit counts; throws 404
 * `Contact not found`. Reading links nothing.
 */
export async function resolveContact(tenantId: string, reference: string): Promise<ContactReference> {
  if (!isStorable(reference)) throw notFound("Contact not found");
  const direct = await database().whatsAppContact.findFirst({ where: { id: reference, tenantId }, select: { id: true } });
  if (direct !== null) return toReference(direct);

  const chatbotContact = await database().chatbotContact.findFirst({ where: { id: reference, tenantId }, select: { id: true } });
  const linked = chatbotContact === null ? null : await linkedContact(tenantId, chatbotContact.id);
  if (linked !== null) return toReference(linked);

  const user = await database().user.findFirst({ where: { id: reference, tenantId }, select: { normalizedPhone: true } });
  const ofUser = user?.normalizedPhone ? await contactOfNumber(tenantId, user.normalizedPhone) : null;
  if (ofUser !== null) return toReference(ofUser);

  const address = addressOf(reference);
  if (address !== undefined) return resolveAddress(tenantId, address);
  if (chatbotContact !== null || user !== null) return KNOWN;
  throw notFound("Contact not found");
}

/** The id of a contact row; who has none yet is unknown here: throws 404. */
export async function requireContact(tenantId: string, reference: string): Promise<string> {
  const contact = await resolveContact(tenantId, reference);
  if (contact.kind === "known") throw notFound("Contact not found");
  return contact.id;
}

/** Resolves a well-formed address: nobody there yet is no error. */
export async function resolveAddress(tenantId: string, address: string): Promise<ContactReference> {
  const rows = await database().whatsAppContact.findMany({
    where: { tenantId, OR: [{ pn: address }, { lid: address }, { jid: address }] },
    select: { id: true, pn: true, lid: true },
    orderBy: { id: "asc" },
  });
  const row = rows.find(({ pn }) => pn === address) ?? rows.find(({ lid }) => lid === address) ?? rows[0];
  return row === undefined ? KNOWN : toReference(row);
}

function linkedContact(tenantId: string, chatbotContactId: string): Promise<Found> {
  return database().whatsAppContact.findFirst({
    where: { tenantId, chatbotContactId },
    select: { id: true },
    orderBy: [{ lastMessageAt: { sort: "desc", nulls: "last" } }, { id: "asc" }],
  });
}

function contactOfNumber(tenantId: string, digits: string): Promise<Found> {
  return database().whatsAppContact.findFirst({ where: { tenantId, pn: phoneJid(digits) }, select: { id: true } });
}

const toReference = ({ id }: { readonly id: string }): ContactReference => ({ kind: "contact", id });
