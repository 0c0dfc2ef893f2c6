import { z } from "zod";
import { conversationStatus } from "./enums.ts";
import { count, date, freeObject, id, phoneDigits } from "./values.ts";

/** A contact's bare row: what opening and closing a conversation answer. */
export const contactRow = z
  .object({
    id,
    sessionId: z.string().nullable(),
    jid: z.string(),
    lid: z.string().nullable(),
    pn: z.string().nullable(),
    name: z.string().nullable(),
    phoneNumber: phoneDigits.nullable(),
    isGroup: z.boolean(),
    isBusiness: z.boolean(),
    avatarUrl: z.string().nullable(),
    lastMessageAt: date.nullable(),
    unreadCount: count,
    metadata: freeObject.nullable(),
    createdAt: date,
    updatedAt: date,
    chatbotContactId: id.nullable(),
    userId: id.nullable(),
    tenantId: id,
    sessionStatus: conversationStatus,
    sessionStartedAt: date.nullable(),
    lastSessionClosedAt: date.nullable(),
    routingOverride: z.enum(["FLOWBOT", "USER"]).nullable(),
  })
  .meta({ id: "ContactRow" });
export type ContactRow = z.infer<typeof contactRow>;
