import { Injectable } from "@nestjs/common";
import type { Thread } from "@ipnuo/domain/message";
import type { MessagesQuery } from "@ipnuo/domain/queries";
import { ContactReferencesRepository, type ContactReference } from "../contacts/contact-references.repository.ts";
import { notFound } from "../http/contract-error.ts";
import { SessionsService } from "../sessions/sessions.service.ts";
import { toActivity, toSummary } from "./history-rows.ts";
import { HistoryRepository } from "./history.repository.ts";
import { toMessage } from "./message-row.ts";
import { MessagesRepository, type MessagePosition } from "./messages.repository.ts";

const HISTORY_LIMIT = 20;
const EMPTY_THREAD: Thread = { success: true, messages: [], sessionSummaries: [], activities: [], hasMore: false };

/** Threads: a contact's, a session's or the whole tenant's messages. */
@Injectable()
export class ConversationService {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly history: HistoryRepository,
    private readonly contacts: ContactReferencesRepository,
    private readonly sessions: SessionsService,
  ) {}

  async thread(tenantId: string, query: MessagesQuery): Promise<Thread> {
    const contact = await this.contactOf(tenantId, query);
    if (query.sessionId !== undefined) await this.sessions.require(tenantId, query.sessionId);
    const before = query.before === undefined ? undefined : await this.positionOf(tenantId, query.before);
    if (contact?.kind === "no-conversation") return EMPTY_THREAD;
    const contactId = contact?.id;
    const status = query.status === "all" ? undefined : query.status;
    const [rows, summaries, notes] = await Promise.all([
      // One more than asked for tells whether there are older ones.
      this.messages.newest(tenantId, { contactId, sessionId: query.sessionId, status, before }, query.limit + 1),
      contactId === undefined ? [] : this.history.summaries(tenantId, contactId, HISTORY_LIMIT),
      contactId === undefined ? [] : this.history.notes(tenantId, contactId, HISTORY_LIMIT),
    ]);
    return {
      success: true,
      messages: rows.slice(0, query.limit).toReversed().map(toMessage),
      sessionSummaries: summaries.map((row) => toSummary(row)),
      activities: notes.map(toActivity),
      hasMore: rows.length > query.limit,
    };
  }

  /** Undefined when neither `contactId` nor `jid` was given. */
  private async contactOf(tenantId: string, { contactId, jid }: MessagesQuery): Promise<Exclude<ContactReference, { kind: "unknown" }> | undefined> {
    if (contactId === undefined && jid === undefined) return undefined;
    const contact =
      contactId === undefined ? await this.contacts.resolveAddress(tenantId, jid ?? "") : await this.contacts.resolve(tenantId, contactId);
    if (contact.kind === "unknown") throw notFound("Contact not found");
    return contact;
  }

  private async positionOf(tenantId: string, messageRowId: string): Promise<MessagePosition> {
    const position = await this.messages.positionOf(tenantId, messageRowId);
    if (position === undefined) throw notFound("Message not found");
    return position;
  }
}
