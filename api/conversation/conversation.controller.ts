import { Controller } from "@nestjs/common";
import type { Thread } from "@ipnuo/domain/message";
import { messagesQuery, threadQuery, type MessagesQuery } from "@ipnuo/domain/queries";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { ConversationService } from "./conversation.service.ts";

@Controller()
export class ConversationController {
  constructor(private readonly conversation: ConversationService) {}

  @Endpoint("conversation.messages")
  messages(@Ask({ query: messagesQuery }) { tenantId, query }: Asked<MessagesQuery>): Promise<Thread> {
    return this.conversation.thread(tenantId, query);
  }

  @Endpoint("conversation.thread")
  thread(@Ask({ query: threadQuery }) { tenantId, query }: Asked<MessagesQuery>): Promise<Thread> {
    return this.conversation.thread(tenantId, query);
  }
}
