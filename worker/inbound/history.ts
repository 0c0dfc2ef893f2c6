import type { BaileysEventMap, WAMessage } from "@whiskeysockets/baileys";
import { toNumber } from "@ipnuo/domain/wire-values";
import { personOf } from "./chats.ts";
import { toContactItem, toPairItem, type ContactReport } from "./contact-items.ts";

export type History = {
  /** Oldest first: they come newest first. */
  readonly messages: readonly WAMessage[];
  readonly contacts: readonly ContactReport[];
};

/**
 * What a synchronised history holds. Pairs of addresses count only for people one has a chat with:
 * the list names the members of every group too, and none of them is a contact.
 */
export function readHistory({ messages, contacts, chats, lidPnMappings = [] }: BaileysEventMap["messaging-history.set"]): History {
  const withChat = new Set([...chats.map(({ id }) => id), ...messages.map(({ key }) => key.remoteJid)]);
  const hasChat = (jids: readonly (string | null | undefined)[]): boolean => jids.some((jid) => jid && withChat.has(jid));
  const known = contacts.filter(({ id, lid, phoneNumber }) => hasChat([id, lid, phoneNumber])).map(toContactItem);
  const pairs = lidPnMappings.filter(({ lid, pn }) => hasChat([lid, pn])).map(toPairItem);
  return {
    messages: messages.toSorted((one, other) => secondsOf(one) - secondsOf(other)),
    contacts: [...known, ...pairs].filter((item) => item !== undefined).filter(isWorthTelling),
  };
}

function secondsOf({ messageTimestamp }: WAMessage): number {
  return toNumber(messageTimestamp) ?? 0;
}

function isWorthTelling({ jid, name, lid, pn }: ContactReport): boolean {
  return name !== undefined || (lid !== undefined && pn !== undefined) || personOf(jid, "phone") === undefined;
}
