import { Controller } from "@nestjs/common";
import { contactParams, type ContactParams } from "@ipnuo/domain/contact-bodies";
import type { ContactSaved } from "@ipnuo/domain/contact";
import type { ContactRow } from "@ipnuo/domain/contact-row";
import type { ContactSessions, MarkedRead } from "@ipnuo/domain/conversation-replies";
import {
  closeBody,
  delegateBody,
  markReadBody,
  openBody,
  type CloseBody,
  type DelegateBody,
  type MarkReadBody,
  type OpenBody,
} from "@ipnuo/domain/conversation-requests";
import type { Thread } from "@ipnuo/domain/message";
import { messagesQuery, threadQuery, type MessagesQuery } from "@ipnuo/domain/queries";
import type { SummaryPreview } from "@ipnuo/domain/summary-preview";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { ConversationHistoryService } from "./conversation-history.service.ts";
import { ConversationWritesService } from "./conversation-writes.service.ts";
import { ConversationService } from "./conversation.service.ts";
import { DelegationService } from "./delegation.service.ts";

@Controller()
export class ConversationController {
  constructor(
    private readonly conversation: ConversationService,
    private readonly past: ConversationHistoryService,
    private readonly writes: ConversationWritesService,
    private readonly delegation: DelegationService,
  ) {}

  @Endpoint("conversation.messages")
  messages(@Ask({ query: messagesQuery }) { tenantId, query }: Asked<MessagesQuery>): Promise<Thread> {
    return this.conversation.thread(tenantId, query);
  }

  @Endpoint("conversation.thread")
  thread(@Ask({ query: threadQuery }) { tenantId, query }: Asked<MessagesQuery>): Promise<Thread> {
    return this.conversation.thread(tenantId, query);
  }

  @Endpoint("conversation.history")
  history(@Ask({ params: contactParams }) { tenantId, params }: Asked<object, object, ContactParams>): Promise<ContactSessions> {
    return this.past.sessions(tenantId, params.contactId);
  }

  @Endpoint("conversation.preview")
  preview(@Ask({ params: contactParams }) { tenantId, params }: Asked<object, object, ContactParams>): Promise<SummaryPreview> {
    return this.past.preview(tenantId, params.contactId);
  }

  @Endpoint("conversation.markRead")
  async markRead(@Ask({ body: markReadBody }) asked: Asked<object, MarkReadBody>): Promise<MarkedRead> {
    await this.writes.markRead(asked);
    return { success: true };
  }

  @Endpoint("conversation.open")
  open(@Ask({ params: contactParams, body: openBody }) asked: Asked<object, OpenBody, ContactParams>): Promise<ContactRow> {
    return this.writes.open(asked);
  }

  @Endpoint("conversation.close")
  close(@Ask({ params: contactParams, body: closeBody }) asked: Asked<object, CloseBody, ContactParams>): Promise<ContactRow> {
    return this.writes.close(asked);
  }

  @Endpoint("conversation.delegate")
  async delegate(@Ask({ body: delegateBody }) asked: Asked<object, DelegateBody>): Promise<ContactSaved> {
    return { success: true, contact: await this.delegation.delegate(asked) };
  }
}
