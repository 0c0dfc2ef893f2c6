import { Inject, Injectable } from "@nestjs/common";
import type { SyncBody } from "@ipnuo/domain/contact-bodies";
import type { SyncReply } from "@ipnuo/domain/contact";
import type { Asked } from "../http/asked.decorator.ts";
import { sessionNotFound } from "../http/contract-error.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { Transactions } from "../runtime/transactions.ts";
import { ContactChanges } from "./contact-changes.ts";
import { ContactSyncRepository } from "./contact-sync.repository.ts";

/** `POST accounts/sync`: ties the contacts of a session to the users and chatbot contacts with exactly their numbers. */
@Injectable()
export class ContactSyncService {
  constructor(
    @Inject(TIMING) private readonly timing: Timing,
    private readonly transactions: Transactions,
    private readonly changes: ContactChanges,
    private readonly links: ContactSyncRepository,
  ) {}

  sync({ requestId, tenantId, body: { sessionId } }: Asked<object, SyncBody>): Promise<SyncReply> {
    return this.transactions.run(requestId, async (transaction) => {
      const at = new Date(this.timing.nowMs());
      if (!(await this.links.touchSession(transaction, { tenantId, sessionId, at }))) throw sessionNotFound();
      const candidates = await this.links.candidates(transaction, tenantId, sessionId);
      const linkable = candidates.filter(({ userId, chatbotContactId }) => userId !== null || chatbotContactId !== null);
      const ids = linkable.map(({ id }) => id);
      const before = await this.changes.watch(transaction, tenantId, ids);
      const linkedToUsers = await this.links.linkUsers(transaction, linkable);
      const linkedToChatbot = await this.links.linkChatbotContacts(transaction, linkable);
      await this.changes.record(transaction, before);
      return { success: true, stats: { synced: candidates.length, linkedToUsers, linkedToChatbot } };
    });
  }
}
