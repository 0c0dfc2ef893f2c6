import { z } from "zod";
import { chatbotContactType, conversationStatus } from "./enums.ts";
import { count, date, id, phoneDigits } from "./values.ts";

export const contact = z
  .object({
    id,
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
    sessionId: z.string().nullable(),
    tenantId: id,
    userId: id.nullable(),
    chatbotContactId: id.nullable(),
    sessionStatus: conversationStatus,
    sessionStartedAt: date.nullable(),
    lastSessionClosedAt: date.nullable(),
    chatbotContact: z.object({ id, displayName: z.string(), phone: z.string().nullable(), type: chatbotContactType }).nullable(),
    session: z.object({ sessionId: z.string(), phoneNumber: phoneDigits.nullable(), name: z.string().nullable() }).nullable(),
    assignee: z.object({ id, name: z.string().nullable(), color: z.string().nullable() }).nullable(),
  })
  .meta({ id: "Contact" });
export type Contact = z.infer<typeof contact>;

/** `GET contacts`. */
export const contactList = z.object({ contacts: z.array(contact) }).meta({ id: "ContactList" });
export type ContactList = z.infer<typeof contactList>;
