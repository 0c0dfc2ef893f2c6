import type { Contact } from "@ipnuo/domain/contact";
import type { ConversationStatus } from "@ipnuo/domain/enums";
import { phoneDigitsOf } from "@ipnuo/domain/jid";
import { toWireDateOrNull } from "../runtime/sql.ts";

/** A contact with what it is linked to; the linked columns are null without a link inside the tenant. */
export type ContactRow = {
  readonly id: string;
  readonly jid: string;
  readonly lid: string | null;
  readonly pn: string | null;
  readonly name: string | null;
  readonly isGroup: boolean;
  readonly isBusiness: boolean;
  readonly avatarUrl: string | null;
  readonly lastMessageAt: Date | null;
  readonly unreadCount: number;
  readonly sessionId: string | null;
  readonly tenantId: string;
  readonly userId: string | null;
  readonly chatbotContactId: string | null;
  readonly sessionStatus: ConversationStatus;
  readonly sessionStartedAt: Date | null;
  readonly lastSessionClosedAt: Date | null;
  readonly chatbotId: string | null;
  readonly chatbotName: string;
  readonly chatbotPhone: string | null;
  readonly chatbotType: NonNullable<Contact["chatbotContact"]>["type"];
  readonly sessionKey: string | null;
  readonly sessionPhone: string | null;
  readonly sessionName: string | null;
  readonly assigneeId: string | null;
  readonly assigneeName: string | null;
  readonly assigneeColor: unknown;
};

/** A contact as the contract shows it (3.1). */
export function toContact(row: ContactRow): Contact {
  return {
    id: row.id,
    jid: row.jid,
    lid: row.lid,
    pn: row.pn,
    name: row.name,
    // Of the phone address only: a LID's digits were once shown as a number (contract 7, lesson 4).
    phoneNumber: row.pn === null ? null : (phoneDigitsOf(row.pn) ?? null),
    isGroup: row.isGroup,
    isBusiness: row.isBusiness,
    avatarUrl: row.avatarUrl,
    lastMessageAt: toWireDateOrNull(row.lastMessageAt),
    unreadCount: row.unreadCount,
    sessionId: row.sessionId,
    tenantId: row.tenantId,
    userId: row.userId,
    chatbotContactId: row.chatbotContactId,
    sessionStatus: row.sessionStatus,
    sessionStartedAt: toWireDateOrNull(row.sessionStartedAt),
    lastSessionClosedAt: toWireDateOrNull(row.lastSessionClosedAt),
    ...linksOf(row),
  };
}

function linksOf(row: ContactRow): Pick<Contact, "chatbotContact" | "session" | "assignee"> {
  return {
    chatbotContact:
      row.chatbotId === null ? null : { id: row.chatbotId, displayName: row.chatbotName, phone: row.chatbotPhone, type: row.chatbotType },
    session: row.sessionKey === null ? null : { sessionId: row.sessionKey, phoneNumber: row.sessionPhone, name: row.sessionName },
    assignee:
      row.assigneeId === null
        ? null
        : { id: row.assigneeId, name: row.assigneeName, color: typeof row.assigneeColor === "string" ? row.assigneeColor : null },
  };
}
