import type { WhatsAppContact } from "../../../generated/prisma/client.ts";
import { phoneDigits } from "../whatsapp/jid.ts";
import { sessionChannel, type Emission } from "./emission.ts";

type ContactRow = Pick<
  WhatsAppContact,
  | "id"
  | "tenantId"
  | "sessionId"
  | "jid"
  | "name"
  | "pn"
  | "isGroup"
  | "chatbotContactId"
  | "unreadCount"
  | "lastMessageAt"
  | "userId"
  | "sessionStatus"
>;

/** The id that the chat list knows a contact by. */
export const listedContactId = ({ chatbotContactId, id }: Pick<ContactRow, "id" | "chatbotContactId">): string => chatbotContactId ?? id;

/** A row was created, except by history. */
export function contactCreated(contact: ContactRow): Emission[] {
  const { id, jid, name, isGroup } = contact;
  return ofContact(contact, "contact.created", {
    contactId: listedContactId(contact),
    whatsappContactId: id,
    jid,
    name,
    phoneNumber: phoneDigits(contact.pn),
    isGroup,
  });
}

/** A contact as `contact.updated` tells it: read before and after, only a difference is news. */
export type ContactFact = { readonly contact: ContactRow; readonly lastMessagePreview: string | null };

/** None when no key of the payload changed, or for a contact without a session. */
export function contactUpdated(before: ContactFact, after: ContactFact): Emission[] {
  const data = payloadOf(after);
  return JSON.stringify(payloadOf(before)) === JSON.stringify(data) ? [] : ofContact(after.contact, "contact.updated", data);
}

function payloadOf({ contact, lastMessagePreview }: ContactFact): Emission["data"] {
  return {
    contactId: listedContactId(contact),
    whatsappContactId: contact.id,
    jid: contact.jid,
    unreadCount: contact.unreadCount,
    lastMessageAt: contact.lastMessageAt,
    lastMessagePreview,
    name: contact.name,
    userId: contact.userId,
    sessionStatus: contact.sessionStatus,
  };
}

export function groupUpdated(group: ContactRow, participantCount: number): Emission[] {
  return ofContact(group, "group.updated", { jid: group.jid, contactId: listedContactId(group), name: group.name, participantCount });
}

const MAX_PARTICIPANTS = 100;

type Membership = { readonly action: "add" | "remove" | "promote" | "demote"; readonly participants: readonly string[] };

export function groupParticipants(group: ContactRow, { action, participants }: Membership): Emission[] {
  const shown = participants.toSorted().slice(0, MAX_PARTICIPANTS);
  return ofContact(group, "group.participants", { jid: group.jid, contactId: listedContactId(group), action, participants: shown });
}

/** A contact whose session was deleted has no channel. */
function ofContact({ sessionId, tenantId }: ContactRow, event: string, data: Emission["data"]): Emission[] {
  return sessionId === null ? [] : [{ channel: sessionChannel(sessionId), event, data, sessionId, tenantId }];
}
