import type { BinaryNode } from "@whiskeysockets/baileys";
import type { Group, Member } from "./groups.ts";
import { memberJid, type Addressing } from "../messages/incoming.ts";
import { lidJid, phoneJid } from "../people/person.ts";
import { stanza } from "../wire/stanza.ts";

/** A group as its members' clients are told of it. */
export function renderGroup({ jid, subject, description, createdAt, addressing, members }: Group): BinaryNode {
  const owner = members.find(({ role }) => role === "owner")?.phone;
  const creator = owner === undefined ? {} : { creator: memberJid(owner, addressing), creator_pn: phoneJid(owner) };
  const id = jid.slice(0, jid.indexOf("@"));
  const attributes = { id, subject, s_t: String(createdAt), creation: String(createdAt), size: String(members.length), ...creator };
  return stanza("group", { ...attributes, addressing_mode: addressing === "lid" ? "lid" : "pn" }, [
    ...members.map((member) => renderMember(member, addressing)),
    ...(description === "" ? [] : [stanza("description", { id: "1", t: String(createdAt) }, [stanza("body", {}, Buffer.from(description))])]),
  ]);
}

export const renderMember = ({ phone, role }: Member, addressing: Addressing): BinaryNode =>
  stanza("participant", {
    jid: memberJid(phone, addressing),
    ...(addressing === "lid" ? { phone_number: phoneJid(phone) } : { lid: lidJid(phone) }),
    type: role === "member" ? undefined : role === "owner" ? "superadmin" : "admin",
  });
