import { randomInt } from "node:crypto";
import type { BinaryNode } from "@whiskeysockets/baileys";
import { renderGroup, renderMember } from "./group-nodes.ts";
import type { Group, Member } from "./groups.ts";
import { createMessageId, memberJid, type Addressing } from "../messages/incoming.ts";
import { lidJid, phoneJid } from "../people/person.ts";
import { stanza } from "../wire/stanza.ts";
import { toSeconds, type World } from "../world.ts";

export type NewGroup = {
  readonly subject: string;
  readonly owner: string;
  readonly members: readonly string[];
  readonly description?: string;
  readonly addressing?: Addressing;
};

export type MemberChange = { readonly action: "add" | "remove" | "promote" | "demote"; readonly phones: readonly string[]; readonly by: string };
export type TextChange = { readonly action: "subject" | "description"; readonly text: string; readonly by: string };
export type GroupChange = MemberChange | TextChange;

export async function createGroup(world: World, { subject, owner, members, description = "", addressing = "lid" }: NewGroup): Promise<string> {
  const jid = `1203630${randomInt(1e11, 1e12 - 1)}@g.us`;
  const everyone = [...new Set([owner, ...members])].map((phone): Member => ({ phone, role: phone === owner ? "owner" : "member" }));
  for (const { phone } of everyone) await world.people.meet(phone);
  const group: Group = { jid, subject, description, createdAt: Number(toSeconds(world.now())), addressing, members: everyone };
  await world.groups.put(group);
  await announce(world, group, { by: owner, to: group.members, change: stanza("create", {}, [renderGroup(group)]) });
  return jid;
}

/** Changes a group and tells the accounts that are or were in it. Throws when there is no such group. */
export async function changeGroup(world: World, jid: string, change: GroupChange): Promise<void> {
  const group = world.groups.get(jid);
  if (group === undefined) throw new Error(`there is no group ${jid}`);
  const changed = apply(group, change);
  await world.groups.put(changed);
  const to = [...group.members, ...changed.members.filter(({ phone }) => !group.members.some((member) => member.phone === phone))];
  await announce(world, changed, { by: change.by, to, change: renderChange(changed, change) });
}

function apply(group: Group, change: GroupChange): Group {
  const roleOf = (role: Member["role"]) => (member: Member) =>
    isNamed(change, member.phone) && member.role !== "owner" ? { ...member, role } : member;
  switch (change.action) {
    case "add": {
      const added = change.phones.filter((phone) => !group.members.some((member) => member.phone === phone));
      return { ...group, members: [...group.members, ...added.map((phone) => ({ phone, role: "member" as const }))] };
    }
    case "remove":
      return { ...group, members: group.members.filter(({ phone }) => !change.phones.includes(phone)) };
    case "promote":
      return { ...group, members: group.members.map(roleOf("admin")) };
    case "demote":
      return { ...group, members: group.members.map(roleOf("member")) };
    case "subject":
      return { ...group, subject: change.text };
    case "description":
      return { ...group, description: change.text };
  }
}

const isNamed = (change: GroupChange, phone: string): boolean => "phones" in change && change.phones.includes(phone);

function renderChange(group: Group, change: GroupChange): BinaryNode {
  if (!("phones" in change)) return renderText(group, change);
  const members = change.phones.map((phone) => group.members.find((member) => member.phone === phone) ?? { phone, role: "member" as const });
  return stanza(
    change.action,
    {},
    members.map((member) => renderMember(member, group.addressing)),
  );
}

function renderText(group: Group, change: TextChange): BinaryNode {
  if (change.action === "subject") return stanza("subject", { subject: change.text, s_t: String(group.createdAt) });
  return stanza("description", { id: "1" }, [stanza("body", {}, Buffer.from(change.text))]);
}

type Announcement = { readonly by: string; readonly to: readonly Member[]; readonly change: BinaryNode };

async function announce(world: World, { jid, addressing }: Group, { by, to, change }: Announcement): Promise<void> {
  const alternative = addressing === "lid" ? { participant_pn: phoneJid(by) } : { participant_lid: lidJid(by) };
  const attributes = {
    id: createMessageId(),
    from: jid,
    type: "w:gp2",
    participant: memberJid(by, addressing),
    ...alternative,
    t: toSeconds(world.now()),
  };
  for (const { phone } of to) for (const device of world.devices.of(phone)) await device.deliver(stanza("notification", attributes, [change]));
}
