import type { Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { contactUpdated } from "../realtime/contact-events.ts";
import { commit, type Committed, type Transaction } from "../transaction.ts";
import { readContactFacts } from "./contact-fact.ts";
import { phoneDigits } from "./jid.ts";
import { lockSession } from "./lock.ts";

type Stats = { readonly synced: number; readonly linkedToUsers: number; readonly linkedToChatbot: number };
type Candidate = { readonly id: string; readonly digits: string };
type Link = { readonly id: string; readonly userId: string | null; readonly chatbotContactId: string | null };

/** `POST accounts/sync`: links a session's contacts to the users and chatbot contacts who have exactly their number. */
export async function syncAccounts({ tenantId }: Member, sessionId: string, asked: Asked): Promise<unknown> {
  const stats = await commit(asked, (transaction) => sync(transaction, tenantId, sessionId));
  return { success: true, stats };
}

async function sync(transaction: Transaction, tenantId: string, sessionId: string): Promise<Committed<Stats>> {
  await lockSession(transaction, tenantId, sessionId);
  await transaction.$queryRaw`
    select 1 from "whatsapp_contacts" where "tenantId" = ${tenantId} and "sessionId" = ${sessionId} order by "id" for update`;
  const contacts = await transaction.whatsAppContact.findMany({
    where: { tenantId, sessionId, isGroup: false, pn: { not: null } },
    select: { id: true, pn: true, userId: true, chatbotContactId: true },
  });
  const digits = contacts.flatMap(({ pn }) => phoneDigits(pn) ?? []);
  const users = onlyMatches(await usersWith(transaction, tenantId, digits));
  const chatbots = onlyMatches(await chatbotContactsWith(transaction, tenantId, digits));
  const links = contacts
    .map(({ id, pn, userId, chatbotContactId }): Link => {
      const number = phoneDigits(pn) ?? "";
      // A link that is set is never replaced.
      return {
        id,
        userId: userId === null ? (users.get(number) ?? null) : null,
        chatbotContactId: chatbotContactId === null ? (chatbots.get(number) ?? null) : null,
      };
    })
    .filter(({ userId, chatbotContactId }) => userId !== null || chatbotContactId !== null);
  const ids = links.map(({ id }) => id);
  const before = await readContactFacts(transaction, ids);
  await store(transaction, links);
  await transaction.whatsAppSession.update({ where: { sessionId }, data: { lastSync: new Date() }, select: { id: true } });
  const after = await readContactFacts(transaction, ids);
  return {
    result: {
      synced: contacts.length,
      linkedToUsers: links.filter(({ userId }) => userId !== null).length,
      linkedToChatbot: links.filter(({ chatbotContactId }) => chatbotContactId !== null).length,
    },
    emissions: before.flatMap((fact, index) => {
      const now = after[index];
      return now === undefined ? [] : contactUpdated(fact, now);
    }),
  };
}

/** Number → id of the one who has it; of a number that several have nobody is taken. */
function onlyMatches(candidates: readonly Candidate[]): ReadonlyMap<string, string> {
  const matches = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const { id, digits } of candidates) {
    if (matches.has(digits)) ambiguous.add(digits);
    matches.set(digits, id);
  }
  for (const digits of ambiguous) matches.delete(digits);
  return matches;
}

function usersWith(transaction: Transaction, tenantId: string, digits: readonly string[]): Promise<Candidate[]> {
  return transaction.$queryRaw<Candidate[]>`
    select "id", "normalizedPhone" as "digits" from "users" where "tenantId" = ${tenantId} and "normalizedPhone" = any(${digits}::text[])`;
}

function chatbotContactsWith(transaction: Transaction, tenantId: string, digits: readonly string[]): Promise<Candidate[]> {
  return transaction.$queryRaw<Candidate[]>`
    select "id", regexp_replace("phone", '[^0-9]', '', 'g') as "digits" from "chatbot_contacts"
    where "tenantId" = ${tenantId} and regexp_replace("phone", '[^0-9]', '', 'g') = any(${digits}::text[])`;
}

async function store(transaction: Transaction, links: readonly Link[]): Promise<void> {
  const [ids, userIds, chatbotIds] = [links.map(({ id }) => id), links.map(({ userId }) => userId), links.map((each) => each.chatbotContactId)];
  await transaction.$executeRaw`
    update "whatsapp_contacts" c
    set "userId" = coalesce(l."userId", c."userId"),
        "chatbotContactId" = coalesce(l."chatbotContactId", c."chatbotContactId"),
        "updatedAt" = now() at time zone 'UTC'
    from unnest(${ids}::text[], ${userIds}::text[], ${chatbotIds}::text[]) as l("id", "userId", "chatbotContactId")
    where c."id" = l."id"`;
}
