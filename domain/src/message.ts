import { z } from "zod";
import { activityType, messageStatus, messageType } from "./enums.ts";
import { count, date, freeObject, id, userRef } from "./values.ts";

export const message = z
  .object({
    id,
    sessionId: z.string(),
    messageId: z.string(),
    remoteJid: z.string(),
    whatsappContactId: id.nullable(),
    fromMe: z.boolean(),
    content: z.string().nullable(),
    messageType,
    status: messageStatus,
    mediaUrl: z.string().nullable(),
    mediaMimeType: z.string().nullable(),
    mediaSize: count.nullable(),
    thumbnailUrl: z.string().nullable(),
    quotedMessageId: z.string().nullable(),
    timestamp: date,
    deliveredAt: date.nullable(),
    readAt: date.nullable(),
    errorMessage: z.string().nullable(),
    metadata: freeObject.nullable(),
    createdAt: date,
    updatedAt: date,
    senderId: z.string().nullable(),
    users: userRef.nullable(),
  })
  .meta({ id: "Message" });
export type Message = z.infer<typeof message>;

export const sessionSummary = z
  .object({
    id,
    tenantId: id,
    contactId: id.nullable(),
    clientName: z.string().nullable(),
    startedAt: date.nullable(),
    date,
    duration: z.string().nullable(),
    summary: z.string(),
    topics: z.array(z.string()),
    sentiment: z.string().nullable(),
    interactionType: z.string().nullable(),
    nextActions: z.array(z.string()),
    aiInsights: z.string().nullable(),
    needsFollowUp: z.boolean(),
    followUpDate: date.nullable(),
    followUpTime: z.string().nullable(),
    followUpNote: z.string().nullable(),
    createdById: z.string(),
    createdAt: date,
    updatedAt: date,
  })
  .meta({ id: "SessionSummary" });
export type SessionSummary = z.infer<typeof sessionSummary>;

export const activity = z
  .object({
    id,
    tenantId: id,
    contactId: id.nullable(),
    type: activityType,
    text: z.string(),
    detail: z.string().nullable(),
    metadata: freeObject.nullable(),
    createdById: z.string().nullable(),
    createdAt: date,
  })
  .meta({ id: "Activity" });
export type Activity = z.infer<typeof activity>;

/** The author's name, else email, else `System`; always present. */
const authorName = { authorName: z.string() };

/** `GET messages` and `GET chat-messages`. */
export const thread = z
  .object({
    success: z.literal(true),
    messages: z.array(message),
    sessionSummaries: z.array(sessionSummary.extend(authorName)),
    activities: z.array(activity.extend(authorName)),
    hasMore: z.boolean(),
  })
  .meta({ id: "Thread" });
export type Thread = z.infer<typeof thread>;
