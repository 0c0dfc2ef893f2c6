import type { Contact } from "@ipnuo/domain/contact";
import type { LiveEvent } from "./live-event.ts";

/** The broker's channels that the admin UI listens to (contract 5.1). */
export const sessionChannel = (sessionId: string): string => `private-whatsapp.${sessionId}`;
export const userChannel = (userId: string): string => `private-user.${userId}`;

export const isConnectionEvent = ({ event }: LiveEvent): boolean => event === "connection.update";
/** A message, its state, its file: what a conversation shows. An event that does not say whose conversation it is of counts for all. */
export function isMessageEventOf({ id, chatbotContactId }: Pick<Contact, "id" | "chatbotContactId">, { event, data }: LiveEvent): boolean {
  if (!event.startsWith("message.") && event !== "media.processed") return false;
  // `contactId` is the id of the linked chatbot contact, where there is one.
  const named = [data["contactId"], data["whatsappContactId"]].filter((each) => typeof each === "string");
  return named.length === 0 || named.some((each) => each === id || each === chatbotContactId);
}
/** What the list of contacts shows. */
export const isContactEvent = ({ event }: LiveEvent): boolean => event.startsWith("contact.") || event.startsWith("group.");
export const isTransferEvent = ({ event }: LiveEvent): boolean => event.startsWith("transfer-request:");
