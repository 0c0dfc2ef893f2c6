import type { MessageStatus } from "./enums.ts";

/** Lowest first (contract 5.4): a later proof of delivery outranks a failure. */
const RANKS: readonly MessageStatus[] = ["PENDING", "FAILED", "SENT", "DELIVERED", "READ"];

/** True when the status may replace the stored one: a status only rises. */
export function isHigherStatus(next: MessageStatus, stored: MessageStatus): boolean {
  return RANKS.indexOf(next) > RANKS.indexOf(stored);
}

/** SENT, DELIVERED and READ prove that WhatsApp has the message. */
export function provesDispatch(status: MessageStatus): boolean {
  return RANKS.indexOf(status) >= RANKS.indexOf("SENT");
}
