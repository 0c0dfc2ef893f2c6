import type { Body } from "../http/body.ts";
import { conflict } from "../http/api-error.ts";
import { assertActor, type Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { contactUpdated } from "../realtime/contact-events.ts";
import { commit } from "../transaction.ts";
import { readContactFact } from "./contact-fact.ts";
import { requireContact } from "./contact-reference.ts";
import { toContactRow, type ContactRow } from "./contact-row.ts";
import { summarizeConversation } from "./conversation-preview.ts";
import { parseDateOrInstant } from "./iso-date.ts";
import { lockContact } from "./lock.ts";

const MAX_ANNOTATION = 4_096;
const MAX_INTERACTION_TYPE = 64;
const MINUTE_MS = 60_000;

export type CloseRequest = {
  readonly contactId: string;
  readonly annotation: string | undefined;
  readonly interactionType: string | undefined;
  readonly needsFollowUp: boolean;
  readonly followUpDate: Date | null;
  readonly userId: string | undefined;
};

export function parseCloseRequest(contactId: string, body: Body): CloseRequest {
  return {
    contactId,
    annotation: body.optionalText("annotation", { isTrimmed: true, max: MAX_ANNOTATION }),
    interactionType: body.optionalText("interactionType", { isTrimmed: true, min: 1, max: MAX_INTERACTION_TYPE }),
    needsFollowUp: body.optionalBoolean("needsFollowUp") ?? false,
    followUpDate: parseDate(body),
    userId: body.actor("userId"),
  };
}

function parseDate(body: Body): Date | null {
  if (body.isAbsent("followUpDate")) return null;
  const date = parseDateOrInstant(body.raw("followUpDate"));
  if (date === undefined) body.reject("followUpDate");
  return date ?? null;
}

/** `POST …/session/close`: what was talked about is kept; the operator's own words win over ours. */
export async function closeConversation(member: Member, request: CloseRequest, asked: Asked): Promise<ContactRow> {
  const { tenantId } = member;
  const contactId = await requireContact(tenantId, request.contactId);
  assertActor(member, request.userId);
  return commit(asked, async (transaction) => {
    await lockContact(transaction, tenantId, contactId);
    const before = await readContactFact(transaction, contactId);
    const contact = await transaction.whatsAppContact.findUniqueOrThrow({ where: { id: contactId } });
    if (contact.sessionStatus !== "OPEN") throw conflict("Contact does not have an open session");

    const now = new Date();
    const preview = await summarizeConversation(transaction, contact, now);
    await transaction.crmSessionSummary.create({
      data: {
        tenantId,
        contactId,
        clientName: contact.name,
        startedAt: contact.sessionStartedAt,
        date: now,
        duration: durationOf(contact.sessionStartedAt, now),
        summary: request.annotation ? request.annotation : preview.summary,
        topics: [...preview.topics],
        sentiment: preview.sentiment,
        interactionType: request.interactionType ?? preview.interactionType,
        nextActions: [],
        aiInsights: `Sentiment: ${preview.sentiment}`,
        needsFollowUp: request.needsFollowUp,
        followUpDate: request.followUpDate,
        createdById: member.userId,
      },
    });
    const closed = await transaction.whatsAppContact.update({
      where: { id: contactId },
      data: { sessionStatus: "CLOSED", lastSessionClosedAt: now, sessionStartedAt: null },
    });
    return { result: toContactRow(closed), emissions: contactUpdated(before, await readContactFact(transaction, contactId)) };
  });
}

function durationOf(start: Date | null, end: Date): string | null {
  return start === null ? null : `${Math.floor((end.getTime() - start.getTime()) / MINUTE_MS)} min`;
}
