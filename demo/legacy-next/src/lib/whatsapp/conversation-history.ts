import type { SessionSummary } from "@ipnuo/domain/message";
import type { CrmActivity, CrmSessionSummary } from "../../../generated/prisma/client.ts";
import { database } from "../database.ts";
import { requireContact } from "./contact-reference.ts";
import { toSessionSummary } from "./thread-reply.ts";
import { objectOrNull } from "./wire.ts";

type Transfer = { readonly date: string; readonly from: string | null; readonly to: string | null };
type PastSession = SessionSummary & { readonly agentName: string; readonly transfers: readonly Transfer[] };
type Author = { readonly id: string; readonly name: string | null; readonly email: string };

/** When nobody noted the start of a conversation. */
const ASSUMED_LENGTH_MS = 86_400_000;

/** `GET contacts/:contactId/sessions`: past conversations, the last one first, with who handed them on. */
export async function listPastSessions(tenantId: string, reference: string): Promise<readonly PastSession[]> {
  const contactId = await requireContact(tenantId, reference);
  const [summaries, transfers] = await Promise.all([
    database().crmSessionSummary.findMany({ where: { tenantId, contactId }, orderBy: [{ date: "desc" }, { id: "asc" }] }),
    database().crmActivity.findMany({
      where: { tenantId, contactId, metadata: { path: ["type"], equals: "transfer" } },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    }),
  ]);
  const authorIds = [...new Set(summaries.map(({ createdById }) => createdById))];
  const authors = await database().user.findMany({ where: { tenantId, id: { in: authorIds } }, select: { id: true, name: true, email: true } });
  const authorById = new Map(authors.map((author) => [author.id, author]));
  return summaries.map((summary) => toPastSession(summary, authorById.get(summary.createdById), transfers));
}

function toPastSession(row: CrmSessionSummary, author: Author | undefined, transfers: readonly CrmActivity[]): PastSession {
  const { authorName: _ofThreads, ...summary } = toSessionSummary(row, new Map());
  const start = row.startedAt?.getTime() ?? row.date.getTime() - ASSUMED_LENGTH_MS;
  const end = row.date.getTime();
  return {
    ...summary,
    agentName: author === undefined ? "Unknown" : (author.name ?? author.email),
    transfers: transfers.filter(({ createdAt }) => createdAt.getTime() >= start && createdAt.getTime() <= end).map(toTransfer),
  };
}

function toTransfer({ createdAt, metadata }: CrmActivity): Transfer {
  const { from, to } = objectOrNull(metadata) ?? {};
  return { date: createdAt.toISOString(), from: textOrNull(from), to: textOrNull(to) };
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
