import type { LiveEvent } from "./live-event.ts";

/** The broker's channels that the admin UI listens to (contract 5.1). */
export const sessionChannel = (sessionId: string): string => `private-whatsapp.${sessionId}`;
export const userChannel = (userId: string): string => `private-user.${userId}`;

export const isConnectionEvent = ({ event }: LiveEvent): boolean => event === "connection.update";
/** A message, its state, its file: what a conversation shows. Not every event says whose conversation it is of. */
export const isMessageEventOf = (contactId: string, { event, data }: LiveEvent): boolean =>
  (event.startsWith("message.") || event === "media.processed") && (data["contactId"] ?? contactId) === contactId;
/** What the list of contacts shows. */
export const isContactEvent = ({ event }: LiveEvent): boolean => event.startsWith("contact.") || event.startsWith("group.");
export const isTransferEvent = ({ event }: LiveEvent): boolean => event.startsWith("transfer-request:");
