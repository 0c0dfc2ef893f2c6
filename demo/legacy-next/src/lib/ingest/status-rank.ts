import type { MessageStatus } from "@ipnuo/domain/enums";

/** A status only rises. FAILED is below SENT: later proof that a message went out wins. */
const RANKS: Readonly<Record<MessageStatus, number>> = { PENDING: 0, FAILED: 1, SENT: 2, DELIVERED: 3, READ: 4 };

export const rises = (from: MessageStatus, to: MessageStatus): boolean => RANKS[to] > RANKS[from];
