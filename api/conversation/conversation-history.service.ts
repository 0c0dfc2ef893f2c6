import { Inject, Injectable } from "@nestjs/common";
import type { ContactSessions } from "@ipnuo/domain/conversation-replies";
import { previewSummary, type SummaryPreview } from "@ipnuo/domain/summary-preview";
import { ContactReferencesRepository } from "../contacts/contact-references.repository.ts";
import { contactNotFound } from "../http/contract-error.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { ContactSessionsRepository } from "./contact-sessions.repository.ts";
import { ConversationsRepository } from "./conversations.repository.ts";
import { summaryPeriod } from "./summary-period.ts";

/** What a contact's conversations were about. Reads only. */
@Injectable()
export class ConversationHistoryService {
  constructor(
    private readonly contacts: ContactReferencesRepository,
    private readonly conversations: ConversationsRepository,
    private readonly contactSessions: ContactSessionsRepository,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  /** Closed conversations, the newest first. */
  async sessions(tenantId: string, reference: string): Promise<ContactSessions> {
    return this.contactSessions.list(tenantId, await this.contactIdOf(tenantId, reference));
  }

  /** What a summary of the conversation would say now. */
  async preview(tenantId: string, reference: string): Promise<SummaryPreview> {
    const contact = await this.conversations.get(tenantId, await this.contactIdOf(tenantId, reference));
    const period = summaryPeriod(contact, new Date(this.timing.nowMs()));
    return previewSummary(await this.conversations.said(tenantId, contact.id, period));
  }

  private async contactIdOf(tenantId: string, reference: string): Promise<string> {
    const contact = await this.contacts.resolve(tenantId, reference);
    if (contact.kind !== "contact") throw contactNotFound();
    return contact.id;
  }
}
