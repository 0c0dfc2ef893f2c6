import type { Thread } from "@ipnuo/domain/message";
import type { CrmActivity, CrmSessionSummary, Prisma, WhatsAppMessage } from "../../../generated/prisma/client.ts";
import { database } from "../database.ts";
import { notFound } from "../http/api-error.ts";
import { resolveAddress, resolveContact, type ContactReference } from "./contact-reference.ts";
import { SYSTEM_SENDER, toMessage, type UsersById } from "./message-reply.ts";
import { assertSession } from "./session-reference.ts";
import type { ThreadQuery } from "./thread-query.ts";
import { toActivity, toSessionSummary } from "./thread-reply.ts";
import { isStorable } from "./wire.ts";

/** How many summaries and notes stand beside a conversation. */
const NOTES_LIMIT = 20;

const EMPTY: Thread = { success: true, messages: [], sessionSummaries: [], activities: [], hasMore: false };

type Position = { readonly timestamp: Date; readonly id: string };
type Notes = { readonly summaries: readonly CrmSessionSummary[]; readonly activities: readonly CrmActivity[] };

/** `GET messages` and `GET chat-messages`: the newest of the selection, oldest first. Writes nothing. */
export async function readThread(tenantId: string, query: ThreadQuery): Promise<Thread> {
  const contact = await contactOf(tenantId, query.contact);
  if (query.sessionId !== undefined) await assertSession(tenantId, query.sessionId);
  const before = query.before === undefined ? undefined : await positionOf(tenantId, query.before);
  if (contact?.kind === "known") return EMPTY;

  const [newest, notes] = await Promise.all([
    database().whatsAppMessage.findMany({
      where: selection(tenantId, { query, contactId: contact?.id, before }),
      orderBy: [{ timestamp: "desc" }, { id: "desc" }],
      take: query.limit + 1, // one more tells whether there are older ones
    }),
    contact === undefined ? { summaries: [], activities: [] } : notesOf(tenantId, contact.id),
  ]);
  const rows = newest.slice(0, query.limit).toReversed();
  const users = await usersOf(tenantId, rows, notes);
  return {
    success: true,
    messages: rows.map((row) => toMessage(row, users)),
    sessionSummaries: notes.summaries.map((row) => toSessionSummary(row, users)),
    activities: notes.activities.map((row) => toActivity(row, users)),
    hasMore: newest.length > query.limit,
  };
}

async function contactOf(tenantId: string, contact: ThreadQuery["contact"]): Promise<ContactReference | undefined> {
  if (contact === undefined) return undefined;
  return contact.kind === "reference" ? resolveContact(tenantId, contact.text) : resolveAddress(tenantId, contact.jid);
}

async function positionOf(tenantId: string, id: string): Promise<Position> {
  const row = isStorable(id)
    ? await database().whatsAppMessage.findFirst({ where: { id, session: { tenantId } }, select: { id: true, timestamp: true } })
    : null;
  if (row === null) throw notFound("Message not found");
  return row;
}

type Selection = { readonly query: ThreadQuery; readonly contactId: string | undefined; readonly before: Position | undefined };

/** A contact selects by its row: all of its addresses, all sessions of the tenant. */
function selection(tenantId: string, { query, contactId, before }: Selection): Prisma.WhatsAppMessageWhereInput {
  return {
    session: { tenantId },
    ...(contactId === undefined ? {} : { whatsappContactId: contactId }),
    ...(query.sessionId === undefined ? {} : { sessionId: query.sessionId }),
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(before === undefined ? {} : { OR: [{ timestamp: { lt: before.timestamp } }, { timestamp: before.timestamp, id: { lt: before.id } }] }),
  };
}

/** The contact's newest summaries and notes, oldest first. */
async function notesOf(tenantId: string, contactId: string): Promise<Notes> {
  const [summaries, activities] = await Promise.all([
    database().crmSessionSummary.findMany({
      where: { tenantId, contactId },
      orderBy: [{ date: "desc" }, { id: "desc" }],
      take: NOTES_LIMIT,
    }),
    database().crmActivity.findMany({
      where: { tenantId, contactId, type: "note" },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: NOTES_LIMIT,
    }),
  ]);
  return { summaries: summaries.toReversed(), activities: activities.toReversed() };
}

/** Senders and authors in one statement. */
async function usersOf(tenantId: string, messages: readonly WhatsAppMessage[], { summaries, activities }: Notes): Promise<UsersById> {
  const ids = new Set([...messages.map(({ senderId }) => senderId), ...[...summaries, ...activities].map(({ createdById }) => createdById)]);
  const wanted = [...ids].filter((id): id is string => id !== null && id !== SYSTEM_SENDER);
  if (wanted.length === 0) return new Map();
  const users = await database().user.findMany({ where: { tenantId, id: { in: wanted } }, select: { id: true, name: true, email: true } });
  return new Map(users.map((user) => [user.id, user]));
}
