import type { DryRunReply } from "@ipnuo/domain/shadowing";
import type { UserRef } from "@ipnuo/domain/values";
import { toMessage, type MessageRow } from "../conversation/message-row.ts";
import { draftMessage, draftOutbox, type DraftPlace } from "../sends/send-draft.ts";
import type { SendOrder } from "../sends/send-order.ts";

/** What only a row that was written has, or what depends on when it was. */
const UNKNOWN = { id: null, timestamp: null, createdAt: null, updatedAt: null, mediaUrl: null, thumbnailUrl: null } as const;

export type DraftContext = { readonly sender: UserRef | null; readonly hasKey: boolean };

/** The answer of a send that would be accepted. Without a key its WhatsApp id is as random as the key a real call would be given. */
export function acceptedReply(order: SendOrder, place: DraftPlace, { sender, hasKey }: DraftContext): DryRunReply {
  const draft = draftMessage(order, place);
  const { sessionId, chatJid, kind, payloadHash } = draftOutbox(order, place);
  const { content, messageType } = draft;
  const messageId = hasKey ? draft.messageId : null;
  const message = { ...toMessage(toRow(draft, sender)), ...UNKNOWN, messageId };
  return {
    success: true,
    verdict: { status: 200, body: { success: true, message } },
    wouldEnqueue: { sessionId, chatJid, kind, messageType, content, messageId, payloadHash },
  };
}

/** The answer of a send that was made before under its key: nothing would be enqueued. */
export function replayedReply(row: MessageRow): DryRunReply {
  return { success: true, verdict: { status: 200, body: { success: true, message: { ...toMessage(row), ...UNKNOWN } } }, wouldEnqueue: null };
}

/** The draft as the database would give it back, with the columns it fills in itself. */
function toRow(draft: ReturnType<typeof draftMessage>, sender: UserRef | null): MessageRow {
  const { timestamp } = draft;
  return {
    ...draft,
    id: "",
    status: "PENDING",
    mediaUrl: null,
    thumbnailUrl: null,
    deliveredAt: null,
    readAt: null,
    errorMessage: null,
    createdAt: timestamp,
    updatedAt: timestamp,
    userId: sender?.id ?? null,
    userName: sender?.name ?? null,
    userEmail: sender?.email ?? null,
  };
}
