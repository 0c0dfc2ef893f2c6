import { z } from "zod";
import { chatbotContactType, conversationStatus } from "./enums.ts";
import { count, date, id, phoneDigits, userRef } from "./values.ts";

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

/** `POST contacts/link`, `POST contacts/:contactId/assign`. */
export const contactSaved = z.object({ success: z.literal(true), contact }).meta({ id: "ContactSaved" });
export type ContactSaved = z.infer<typeof contactSaved>;

/** `GET contacts/:contactId/lock-status`. */
export const lockStatus = z
  .object({ isLocked: z.boolean(), reason: z.string().nullable(), currentOwner: userRef.nullable() })
  .meta({ id: "LockStatus" });
export type LockStatus = z.infer<typeof lockStatus>;

/** `POST accounts/sync`. */
export const syncReply = z
  .object({ success: z.literal(true), stats: z.object({ synced: count, linkedToUsers: count, linkedToChatbot: count }) })
  .meta({ id: "SyncReply" });
export type SyncReply = z.infer<typeof syncReply>;
