import type { WhatsAppContact } from "../../../generated/prisma/client.ts";
import { phoneDigits } from "./jid.ts";
import { dateOrNull, objectOrNull } from "./wire.ts";

/** A bare row, as the admin UI gets it from opening and closing a conversation. */
export type ContactRow = ReturnType<typeof toContactRow>;

export function toContactRow(row: WhatsAppContact) {
  return {
    id: row.id,
    sessionId: row.sessionId,
    jid: row.jid,
    lid: row.lid,
    pn: row.pn,
    name: row.name,
    // Not the column: old rows hold digits of a LID there, which are no phone number.
    phoneNumber: phoneDigits(row.pn),
    isGroup: row.isGroup,
    isBusiness: row.isBusiness,
    avatarUrl: row.avatarUrl,
    lastMessageAt: dateOrNull(row.lastMessageAt),
    unreadCount: row.unreadCount,
    metadata: publicMetadata(row.metadata),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    chatbotContactId: row.chatbotContactId,
    userId: row.userId,
    tenantId: row.tenantId,
    sessionStatus: row.sessionStatus,
    sessionStartedAt: dateOrNull(row.sessionStartedAt),
    lastSessionClosedAt: dateOrNull(row.lastSessionClosedAt),
    routingOverride: row.routingOverride,
  };
}

/** Old rows keep the state of a conversation in there; that stays here. */
function publicMetadata(metadata: unknown): Record<string, unknown> | null {
  const stored = objectOrNull(metadata);
  if (stored === null) return null;
  return "participants" in stored ? { participants: stored["participants"] } : {};
}
