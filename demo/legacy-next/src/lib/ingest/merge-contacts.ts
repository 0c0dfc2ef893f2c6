import type { WhatsAppContact } from "../../../generated/prisma/client.ts";
import type { Transaction } from "../transaction.ts";
import type { Batch } from "./batch.ts";

type Merge = {
  /** Holds the number. */
  readonly survivor: WhatsAppContact;
  /** Holds the LID; it goes. */
  readonly other: WhatsAppContact;
  readonly lid: string;
};

/** Two rows turn out to be one person: everything of the one goes over to the other. */
export async function mergeContacts({ transaction, news }: Batch, { survivor, other, lid }: Merge): Promise<WhatsAppContact> {
  await cancelSecondRequest(transaction, [survivor.id, other.id]);
  await moveRows(transaction, survivor, other.id);
  await transaction.whatsAppContact.delete({ where: { id: other.id } });
  news.forget(other.id);
  return transaction.whatsAppContact.update({ where: { id: survivor.id }, data: { ...combine(survivor, other), lid } });
}

/** What the survivor has after the merge, beside the LID. */
export function combine(survivor: WhatsAppContact, other: WhatsAppContact) {
  const isOtherNewer = other.lastMessageAt !== null && (survivor.lastMessageAt === null || other.lastMessageAt > survivor.lastMessageAt);
  const newest = isOtherNewer ? other : survivor;
  const isOpen = survivor.sessionStatus === "OPEN" || other.sessionStatus === "OPEN";
  const opened = survivor.sessionStatus === "OPEN" ? survivor : other;
  return {
    createdAt: other.createdAt < survivor.createdAt ? other.createdAt : survivor.createdAt,
    unreadCount: survivor.unreadCount + other.unreadCount,
    lastMessageAt: newest.lastMessageAt,
    sessionId: newest.sessionId,
    ...(isOpen ? { sessionStatus: "OPEN" as const, sessionStartedAt: opened.sessionStartedAt } : {}),
    name: survivor.name ?? other.name,
    avatarUrl: survivor.avatarUrl ?? other.avatarUrl,
    chatbotContactId: survivor.chatbotContactId ?? other.chatbotContactId,
    userId: survivor.userId ?? other.userId,
    routingOverride: survivor.routingOverride ?? other.routingOverride,
  };
}

/** One contact has one pending request at most: the older one stays. */
async function cancelSecondRequest(transaction: Transaction, contactIds: readonly string[]): Promise<void> {
  const pending = await transaction.contactTransferRequest.findMany({
    where: { contactId: { in: [...contactIds] }, status: "PENDING" },
    select: { id: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  const ids = pending.slice(1).map(({ id }) => id);
  await transaction.contactTransferRequest.updateMany({ where: { id: { in: ids } }, data: { status: "CANCELLED", resolvedAt: new Date() } });
}

async function moveRows(transaction: Transaction, { id: contactId, jid }: WhatsAppContact, otherId: string): Promise<void> {
  const where = { contactId: otherId };
  await transaction.whatsAppMessage.updateMany({ where: { whatsappContactId: otherId }, data: { whatsappContactId: contactId, remoteJid: jid } });
  await transaction.contactTransferRequest.updateMany({ where, data: { contactId } });
  await transaction.crmSessionSummary.updateMany({ where, data: { contactId } });
  await transaction.crmActivity.updateMany({ where, data: { contactId } });
}
