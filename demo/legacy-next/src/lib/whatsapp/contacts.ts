import type { Contact, ContactList } from "@ipnuo/domain/contact";
import type { Prisma } from "../../../generated/prisma/client.ts";
import { database } from "../database.ts";
import { phoneDigits } from "./jid.ts";
import { assertSession } from "./session-reference.ts";
import { dateOrNull, objectOrNull } from "./wire.ts";

export type ContactsQuery = { readonly sessionId: string | undefined; readonly limit: number; readonly offset: number };

export const CONTACT_RELATIONS = {
  chatbotContact: { select: { id: true, tenantId: true, displayName: true, phone: true, type: true } },
  session: { select: { sessionId: true, tenantId: true, phoneNumber: true, name: true } },
  user: { select: { id: true, tenantId: true, name: true, metadata: true } },
} as const satisfies Prisma.WhatsAppContactInclude;

type ContactRow = Prisma.WhatsAppContactGetPayload<{ include: typeof CONTACT_RELATIONS }>;

/** `GET contacts`: who wrote last comes first, who never wrote comes last. */
export async function listContacts(tenantId: string, { sessionId, limit, offset }: ContactsQuery): Promise<ContactList> {
  if (sessionId !== undefined) await assertSession(tenantId, sessionId);
  const rows = await database().whatsAppContact.findMany({
    where: { tenantId, ...(sessionId === undefined ? {} : { sessionId }) },
    include: CONTACT_RELATIONS,
    orderBy: [{ lastMessageAt: { sort: "desc", nulls: "last" } }, { id: "asc" }],
    take: limit,
    skip: offset,
  });
  return { contacts: rows.map(toContact) };
}

export function toContact(row: ContactRow): Contact {
  const chatbotContact = ofTenant(row.chatbotContact, row.tenantId);
  const session = ofTenant(row.session, row.tenantId);
  const user = ofTenant(row.user, row.tenantId);
  return {
    id: row.id,
    jid: row.jid,
    lid: row.lid,
    pn: row.pn,
    name: row.name,
    // Not the column: old rows hold digits of a LID there, which are no phone number.
    phoneNumber: phoneDigits(row.pn),
    isGroup: row.isGroup,
    isBusiness: row.isBusiness,
    avatarUrl: row.avatarUrl,
    lastMessageAt: dateOrNull(row.lastMessageAt),
    unreadCount: row.unreadCount,
    sessionId: row.sessionId,
    tenantId: row.tenantId,
    userId: row.userId,
    chatbotContactId: row.chatbotContactId,
    sessionStatus: row.sessionStatus,
    sessionStartedAt: dateOrNull(row.sessionStartedAt),
    lastSessionClosedAt: dateOrNull(row.lastSessionClosedAt),
    chatbotContact:
      chatbotContact === null
        ? null
        : { id: chatbotContact.id, displayName: chatbotContact.displayName, phone: chatbotContact.phone, type: chatbotContact.type },
    session: session === null ? null : { sessionId: session.sessionId, phoneNumber: session.phoneNumber, name: session.name },
    assignee: user === null ? null : { id: user.id, name: user.name, color: colorOf(user.metadata) },
  };
}

/** Foreign keys do not know about tenants: a row of another one is not shown. */
function ofTenant<Row extends { readonly tenantId: string }>(row: Row | null, tenantId: string): Row | null {
  return row?.tenantId === tenantId ? row : null;
}

function colorOf(metadata: unknown): string | null {
  const color = objectOrNull(metadata)?.["color"];
  return typeof color === "string" ? color : null;
}
