import { z } from "zod";
import { analytics } from "@ipnuo/domain/analytics";
import { assignBody, contactParams, decisionBody, linkBody, syncBody, transferBody, transferParams } from "@ipnuo/domain/contact-bodies";
import { contactRow } from "@ipnuo/domain/contact-row";
import { contactSessions, markedRead, summaryPreview } from "@ipnuo/domain/conversation-replies";
import { closeBody, delegateBody, markReadBody, openBody } from "@ipnuo/domain/conversation-requests";
import { contactList, contactSaved, lockStatus, syncReply } from "@ipnuo/domain/contact";
import type { EndpointId } from "@ipnuo/domain/endpoints";
import { mediaParams, mediaQuery } from "@ipnuo/domain/media-requests";
import { thread } from "@ipnuo/domain/message";
import {
  actorQuery,
  analyticsQuery,
  configQuery,
  contactsQuery,
  healthQuery,
  messagesParameters,
  pendingQuery,
  statusQuery,
  threadParameters,
} from "@ipnuo/domain/queries";
import { authBody, authReply, realtimeConfig } from "@ipnuo/domain/realtime";
import { configBody, connectBody, createSessionBody, routingBody, sessionBody } from "@ipnuo/domain/session-bodies";
import { sendReply } from "@ipnuo/domain/send-reply";
import { sendMediaFields, sendTextBody } from "@ipnuo/domain/send-requests";
import {
  configReply,
  configSaved,
  done,
  routingSaved,
  session,
  sessionCreated,
  sessionList,
  sessionsHealth,
  sessionStatusReply,
} from "@ipnuo/domain/session";
import { transferRequest, transferState } from "@ipnuo/domain/transfer";

/** What the document says of an endpoint beyond the index: the schemas are the ones that validate. */
export type Operation = {
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly params?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** Other types a body may have, beside `application/json`. */
  readonly bodyTypes?: readonly string[];
  /** The body is a form with a file, and nothing else. */
  readonly isUpload?: true;
  /** Undefined: a file's bytes. */
  readonly reply: z.ZodType | undefined;
  /** Error statuses beside 401, 403, 500 and 503 (and 413, 415 with a body), which every endpoint may answer. */
  readonly refusals: readonly (400 | 404 | 409 | 416 | 422 | 429)[];
};

/** One entry per endpoint: without one, nothing compiles. */
export const OPERATIONS: Readonly<Record<EndpointId, Operation>> = {
  "sessions.status": { summary: "State of one session, with its QR or pairing code", query: statusQuery, reply: sessionStatusReply, refusals: [400] },
  "sessions.connect": {
    summary: "Says that a session is wanted; made when there is none",
    body: connectBody,
    reply: done,
    refusals: [400, 404, 409],
  },
  "sessions.disconnect": { summary: "Stops a session; its credentials are kept", body: sessionBody, reply: done, refusals: [400, 404] },
  "sessions.create": { summary: "Makes a session without connecting it", body: createSessionBody, reply: sessionCreated, refusals: [400, 404, 409] },
  "sessions.delete": { summary: "Deletes a session and everything of it but its contacts", query: statusQuery, reply: done, refusals: [400, 404] },
  "sessions.health": { summary: "Whether sessions do their work", query: healthQuery, reply: sessionsHealth, refusals: [400, 404] },
  "sessions.testQr": { summary: "Broadcasts a QR that pairs nothing", body: sessionBody, reply: done, refusals: [400, 404] },
  "sessions.list": { summary: "Sessions of the tenant, last used first, with a summary", reply: sessionList, refusals: [400] },
  "sessions.admin": { summary: "Sessions of the tenant as a bare list", reply: z.array(session), refusals: [400] },
  "analytics.get": { summary: "Traffic of one session over a time range", query: analyticsQuery, reply: analytics, refusals: [400, 404] },
  "contacts.list": { summary: "Contacts, newest message first", query: contactsQuery, reply: contactList, refusals: [400, 404] },
  "conversation.messages": { summary: "Messages, oldest first", query: messagesParameters, reply: thread, refusals: [400, 404] },
  "conversation.thread": { summary: "The thread of one contact", query: threadParameters, reply: thread, refusals: [400, 404] },
  "conversation.markRead": { summary: "Reads what came in from a contact", body: markReadBody, reply: markedRead, refusals: [400, 404] },
  "conversation.history": {
    summary: "Closed conversations of a contact, newest first, with the changes of owner in each",
    params: contactParams,
    reply: contactSessions,
    refusals: [400, 404],
  },
  "conversation.open": {
    summary: "Opens a conversation; an open one stays as it is",
    params: contactParams,
    body: openBody,
    reply: contactRow,
    refusals: [400, 404],
  },
  "conversation.close": {
    summary: "Closes a conversation and keeps a summary of it",
    params: contactParams,
    body: closeBody,
    reply: contactRow,
    refusals: [400, 404, 409],
  },
  "conversation.preview": {
    summary: "What a summary of the conversation would say now",
    params: contactParams,
    reply: summaryPreview,
    refusals: [400, 404],
  },
  "conversation.delegate": {
    summary: "Hands a waiting message to the flow bot, or to the caller",
    body: delegateBody,
    reply: contactSaved,
    refusals: [400, 404],
  },
  "sends.text": {
    summary: "Sends a text, once per `Idempotency-Key`; also under `/api/whatsapp/send`",
    body: sendTextBody,
    reply: sendReply,
    refusals: [400, 404, 409, 422, 429],
  },
  "sends.media": {
    summary: "Sends a file, once per `Idempotency-Key`",
    body: sendMediaFields,
    isUpload: true,
    reply: sendReply,
    refusals: [400, 404, 409, 422, 429],
  },
  "media.get": {
    summary: "The stored file of a message, or a part of it (`Range`); 304 for a known one (`If-None-Match`)",
    params: mediaParams,
    query: mediaQuery,
    reply: undefined,
    refusals: [400, 404, 409, 416],
  },
  "contacts.link": {
    summary: "Ties a contact to a user or a chatbot contact",
    body: linkBody,
    reply: contactSaved,
    refusals: [400, 404],
  },
  "contacts.assign": {
    summary: "Gives a contact to a user, or to nobody",
    params: contactParams,
    body: assignBody,
    reply: contactSaved,
    refusals: [400, 404],
  },
  "contacts.lock": {
    summary: "Whether somebody else talks with the contact",
    params: contactParams,
    query: actorQuery,
    reply: lockStatus,
    refusals: [400, 404],
  },
  "contacts.sync": {
    summary: "Ties contacts to users and chatbot contacts with exactly their numbers",
    body: syncBody,
    reply: syncReply,
    refusals: [400, 404],
  },
  "config.set": { summary: "Changes the configuration of one session", body: configBody, reply: configSaved, refusals: [400, 404] },
  "config.patch": { summary: "Changes the routing of one session, or of all", body: routingBody, reply: routingSaved, refusals: [400, 404] },
  "transfers.request": {
    summary: "Asks for a conversation that is another one's",
    params: contactParams,
    body: transferBody,
    reply: transferRequest,
    refusals: [400, 404, 409],
  },
  "transfers.status": {
    summary: "The contact's pending transfer request",
    params: contactParams,
    query: actorQuery,
    reply: transferState,
    refusals: [400, 404],
  },
  "transfers.pending": { summary: "Pending transfer requests, newest first", query: pendingQuery, reply: z.array(transferRequest), refusals: [400] },
  "transfers.approve": {
    summary: "Grants a transfer request",
    params: transferParams,
    body: decisionBody,
    reply: transferRequest,
    refusals: [400, 404, 409],
  },
  "transfers.deny": {
    summary: "Denies a transfer request",
    params: transferParams,
    body: decisionBody,
    reply: transferRequest,
    refusals: [400, 404, 409],
  },
  "transfers.cancel": { summary: "Takes one's own transfer request back", params: transferParams, reply: transferRequest, refusals: [400, 404, 409] },
  "realtime.config": { summary: "The broker that browsers connect to", reply: realtimeConfig, refusals: [400] },
  "realtime.auth": {
    summary: "Signs a subscription to a channel of the caller",
    body: authBody,
    bodyTypes: ["application/x-www-form-urlencoded"],
    reply: authReply,
    refusals: [400, 429],
  },
  "config.get": { summary: "Configuration of one session", query: configQuery, reply: configReply, refusals: [400, 404] },
};
