import type { Activity, SessionSummary } from "@ipnuo/domain/message";
import type { CrmActivity, CrmSessionSummary } from "../../../generated/prisma/client.ts";
import type { UsersById } from "./message-reply.ts";
import { dateOrNull, objectOrNull } from "./wire.ts";

type Authored<Row> = Row & { readonly authorName: string };

const SYSTEM_AUTHOR = "system";

export function toSessionSummary(row: CrmSessionSummary, users: UsersById): Authored<SessionSummary> {
  return {
    id: row.id,
    tenantId: row.tenantId,
    contactId: row.contactId,
    clientName: row.clientName,
    startedAt: dateOrNull(row.startedAt),
    date: row.date.toISOString(),
    duration: row.duration,
    summary: row.summary,
    topics: row.topics,
    sentiment: row.sentiment,
    interactionType: row.interactionType,
    nextActions: row.nextActions,
    aiInsights: row.aiInsights,
    needsFollowUp: row.needsFollowUp,
    followUpDate: dateOrNull(row.followUpDate),
    followUpTime: row.followUpTime,
    followUpNote: row.followUpNote,
    createdById: row.createdById,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    authorName: authorName(row.createdById, users),
  };
}

export function toActivity(row: CrmActivity, users: UsersById): Authored<Activity> {
  return {
    id: row.id,
    tenantId: row.tenantId,
    contactId: row.contactId,
    type: row.type,
    text: row.text,
    detail: row.detail,
    metadata: objectOrNull(row.metadata),
    createdById: row.createdById,
    createdAt: row.createdAt.toISOString(),
    authorName: authorName(row.createdById, users),
  };
}

function authorName(id: string | null, users: UsersById): string {
  const author = id === null || id === SYSTEM_AUTHOR ? undefined : users.get(id);
  return author === undefined ? "System" : (author.name ?? author.email);
}
