import type { BaileysEventMap, GroupMetadata, GroupParticipant } from "@whiskeysockets/baileys";
import { parseJid } from "@ipnuo/domain/jid";
import { toText } from "@ipnuo/domain/wire-values";
import { canonicalOf } from "./chats.ts";

type Participant = { readonly jid: string; readonly admin: boolean };
type Action = "add" | "remove" | "promote" | "demote";

/** An item of the ingest call `groups`. */
export type GroupReport = {
  readonly jid: string;
  readonly subject?: string;
  readonly participants?: readonly Participant[];
  readonly action?: Action;
  readonly jids?: readonly string[];
};

const MAX_NAME = 1_024;
const MAX_PARTICIPANTS = 1_024;

/** What is known of a group now; undefined when that is nothing the API keeps. */
export function toGroupItem({ id, subject, participants }: Partial<GroupMetadata>): GroupReport | undefined {
  const address = id ? parseJid(id) : undefined;
  if (address?.kind !== "group") return undefined;
  const name = toText(subject);
  if (name === null && participants === undefined) return undefined;
  return {
    jid: address.jid,
    ...(name === null ? {} : { subject: Array.from(name).slice(0, MAX_NAME).join("") }),
    ...(participants === undefined ? {} : { participants: toParticipants(participants) }),
  };
}

/** Members who came, went, or changed their role; undefined for a change of number, which is no action. */
export function toMembershipItem({ id, participants, action }: BaileysEventMap["group-participants.update"]): GroupReport | undefined {
  const address = parseJid(id);
  if (address?.kind !== "group" || action === "modify") return undefined;
  const jids = toParticipants(participants).map(({ jid }) => jid);
  return jids.length === 0 ? undefined : { jid: address.jid, action, jids };
}

function toParticipants(participants: readonly GroupParticipant[]): Participant[] {
  const known = participants.flatMap(({ id, phoneNumber, lid, admin, isAdmin, isSuperAdmin }) => {
    const jid = canonicalOf([phoneNumber, id, lid]);
    const isChief = admin === "admin" || admin === "superadmin" || isAdmin === true || isSuperAdmin === true;
    return jid === undefined ? [] : [{ jid, admin: isChief }];
  });
  return known.slice(0, MAX_PARTICIPANTS);
}
