import { z } from "zod";
import { analytics } from "@ipnuo/domain/analytics";
import { contactList } from "@ipnuo/domain/contact";
import type { EndpointId } from "@ipnuo/domain/endpoints";
import { thread } from "@ipnuo/domain/message";
import { analyticsQuery, configQuery, contactsQuery, messagesParameters, noQuery, statusQuery, threadParameters } from "@ipnuo/domain/queries";
import { configReply, session, sessionList, sessionStatusReply } from "@ipnuo/domain/session";

/** What the document says of an endpoint beyond the index: the schemas are the ones that validate. */
export type Operation = {
  readonly summary: string;
  readonly query: z.ZodObject;
  readonly reply: z.ZodType;
  /** Error statuses beside 401, 403, 500 and 503, which every endpoint may answer. */
  readonly refusals: readonly (400 | 404)[];
};

/** One entry per endpoint that has a handler. */
export const OPERATIONS: Readonly<Partial<Record<EndpointId, Operation>>> = {
  "sessions.status": { summary: "State of one session, with its QR or pairing code", query: statusQuery, reply: sessionStatusReply, refusals: [400] },
  "sessions.list": { summary: "Sessions of the tenant, last used first, with a summary", query: noQuery, reply: sessionList, refusals: [400] },
  "sessions.admin": { summary: "Sessions of the tenant as a bare list", query: noQuery, reply: z.array(session), refusals: [400] },
  "analytics.get": { summary: "Traffic of one session over a time range", query: analyticsQuery, reply: analytics, refusals: [400, 404] },
  "contacts.list": { summary: "Contacts, newest message first", query: contactsQuery, reply: contactList, refusals: [400, 404] },
  "conversation.messages": { summary: "Messages, oldest first", query: messagesParameters, reply: thread, refusals: [400, 404] },
  "conversation.thread": { summary: "The thread of one contact", query: threadParameters, reply: thread, refusals: [400, 404] },
  "config.get": { summary: "Configuration of one session", query: configQuery, reply: configReply, refusals: [400, 404] },
};
