import { Inject, Injectable } from "@nestjs/common";
import type { ContactParams } from "@ipnuo/domain/contact-bodies";
import type { ContactRow } from "@ipnuo/domain/contact-row";
import type { CloseBody, MarkReadBody, OpenBody } from "@ipnuo/domain/conversation-requests";
import { previewSummary, type SummaryPreview } from "@ipnuo/domain/summary-preview";
import type { WhatsAppContact } from "../../prisma/generated/whatsapp/client.ts";
import { addNote } from "../contacts/activities.ts";
import { ContactChanges } from "../contacts/contact-changes.ts";
import { requireActor } from "../http/actor.ts";
import type { Asked } from "../http/asked.decorator.ts";
import { conflict } from "../http/contract-error.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { Transactions } from "../runtime/transactions.ts";
import { ConversationsRepository, toContactRow } from "./conversations.repository.ts";
import { durationOf, summaryPeriod } from "./summary-period.ts";

/** Reading, opening and closing conversations. Whoever writes locks the contact first: two at once do it once. */
@Injectable()
export class ConversationWritesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: ContactChanges,
    private readonly conversations: ConversationsRepository,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  markRead({ requestId, tenantId, body }: Asked<object, MarkReadBody>): Promise<void> {
    return this.transactions.run(requestId, async (transaction) => {
      const contact = await this.changes.lock(transaction, tenantId, body.contactId);
      await this.conversations.markRead(transaction.db, contact.id, this.now());
      await this.changes.recordOne(transaction, contact);
    });
  }

  /** Already open: nothing happens, the admin UI asks on every selection. */
  open({ requestId, tenantId, caller, params, body }: Asked<object, OpenBody, ContactParams>): Promise<ContactRow> {
    return this.transactions.run(requestId, async (transaction) => {
      const contact = await this.changes.lock(transaction, tenantId, params.contactId);
      requireActor(caller, body.userId);
      if (contact.sessionStatus === "CLOSED") {
        await transaction.db.whatsAppContact.update({
          where: { id: contact.id },
          data: { sessionStatus: "OPEN", sessionStartedAt: this.now() },
          select: { id: true },
        });
        await addNote(transaction, {
          tenantId,
          contactId: contact.id,
          text: "Session started",
          detail: "Session opened",
          metadata: { type: "session_start" },
          createdById: caller.userId,
        });
        await this.changes.recordOne(transaction, contact);
      }
      return toContactRow(await this.conversations.get(tenantId, contact.id, transaction.db));
    });
  }

  close({ requestId, tenantId, caller, params, body }: Asked<object, CloseBody, ContactParams>): Promise<ContactRow> {
    return this.transactions.run(requestId, async (transaction) => {
      const { db } = transaction;
      const before = await this.changes.lock(transaction, tenantId, params.contactId);
      requireActor(caller, body.userId);
      if (before.sessionStatus !== "OPEN") throw conflict("Contact does not have an open session");
      const [contact, now] = [await this.conversations.get(tenantId, before.id, db), this.now()];
      const preview = previewSummary(await this.conversations.said(tenantId, contact.id, summaryPeriod(contact, now), db));
      await db.crmSessionSummary.create({ data: toSummaryData(contact, { body, preview, now, by: caller.userId }), select: { id: true } });
      await db.whatsAppContact.update({
        where: { id: contact.id },
        data: { sessionStatus: "CLOSED", lastSessionClosedAt: now, sessionStartedAt: null },
        select: { id: true },
      });
      await this.changes.recordOne(transaction, before);
      return toContactRow(await this.conversations.get(tenantId, contact.id, db));
    });
  }

  private now(): Date {
    return new Date(this.timing.nowMs());
  }
}

type Closing = { readonly body: CloseBody; readonly preview: SummaryPreview; readonly now: Date; readonly by: string };

/** The operator's note wins over any generated summary. */
function toSummaryData(contact: WhatsAppContact, { body, preview, now, by }: Closing) {
  return {
    tenantId: contact.tenantId,
    contactId: contact.id,
    clientName: contact.name,
    startedAt: contact.sessionStartedAt,
    date: now,
    duration: durationOf(contact.sessionStartedAt, now),
    summary: body.annotation === undefined || body.annotation === "" ? preview.summary : body.annotation,
    topics: preview.topics,
    sentiment: preview.sentiment,
    interactionType: body.interactionType ?? preview.interactionType,
    nextActions: [],
    aiInsights: `Sentiment: ${preview.sentiment}`,
    needsFollowUp: body.needsFollowUp ?? false,
    followUpDate: body.followUpDate ?? null,
    createdById: by,
  };
}
