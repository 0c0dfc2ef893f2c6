import { Injectable } from "@nestjs/common";
import type { Thread } from "@ipnuo/domain/message";
import type { MessagesQuery } from "@ipnuo/domain/queries";
import { notFound } from "../http/contract-error.ts";
import { SharedReads } from "../runtime/shared-reads.ts";
import { SessionsService } from "../sessions/sessions.service.ts";
import { toActivity, toSummary } from "./history-rows.ts";
import { toMessage } from "./message-row.ts";
import { MessagesRepository, type MessagePosition } from "./messages.repository.ts";
import { ThreadHeadsRepository, type ThreadHead } from "./thread-heads.repository.ts";

const HISTORY_LIMIT = 20;
const EMPTY_THREAD: Thread = { success: true, messages: [], sessionSummaries: [], activities: [], hasMore: false };

/** Threads: a contact's, a session's or the whole tenant's messages. */
@Injectable()
export class ConversationService {
  private readonly threads = new SharedReads<Thread>();

  constructor(
    private readonly messages: MessagesRepository,
    private readonly heads: ThreadHeadsRepository,
    private readonly sessions: SessionsService,
  ) {}

  /** Every open tab of an inbox asks for the same thread when something happens in it: they share the read. */
  thread(tenantId: string, query: MessagesQuery): Promise<Thread> {
    return this.threads.read(JSON.stringify([tenantId, query]), () => this.read(tenantId, query));
  }

  private async read(tenantId: string, query: MessagesQuery): Promise<Thread> {
    const head = await this.headOf(tenantId, query);
    if (query.sessionId !== undefined) await this.sessions.require(tenantId, query.sessionId);
    const before = query.before === undefined ? undefined : await this.positionOf(tenantId, query.before);
    if (head?.contact.kind === "no-conversation") return EMPTY_THREAD;
    const contactId = head?.contact.kind === "contact" ? head.contact.id : undefined;
    const status = query.status === "all" ? undefined : query.status;
    // One more than asked for tells whether there are older ones.
    const rows = await this.messages.newest(tenantId, { contactId, sessionId: query.sessionId, status, before }, query.limit + 1);
    return {
      success: true,
      messages: rows.slice(0, query.limit).toReversed().map(toMessage),
      sessionSummaries: (head?.summaries ?? []).map((row) => toSummary(row)),
      activities: (head?.notes ?? []).map(toActivity),
      hasMore: rows.length > query.limit,
    };
  }

  /** Undefined when neither `contactId` nor `jid` was given. */
  private async headOf(tenantId: string, { contactId, jid }: MessagesQuery): Promise<ThreadHead | undefined> {
    if (contactId === undefined && jid === undefined) return undefined;
    const head = await this.heads.find(tenantId, contactId === undefined ? { jid: jid ?? "" } : { contactId }, HISTORY_LIMIT);
    if (head.contact.kind === "unknown") throw notFound("Contact not found");
    return head;
  }

  private async positionOf(tenantId: string, messageRowId: string): Promise<MessagePosition> {
    const position = await this.messages.positionOf(tenantId, messageRowId);
    if (position === undefined) throw notFound("Message not found");
    return position;
  }
}
