import type { Prisma, WhatsAppContact } from "../../../generated/prisma/client.ts";
import { isObject, type Body } from "../http/body.ts";
import { groupParticipants, groupUpdated } from "../realtime/contact-events.ts";
import { canonicalJid } from "../whatsapp/jid.ts";
import type { Applied, Batch, ItemKind } from "./batch.ts";
import { isNotForUs, readJid, readOptionalLabel } from "./fields.ts";
import { applyAction, boundParticipants, isSameGroup, storedParticipants, type GroupAction, type Participant } from "./participants.ts";
import { settleContact } from "./settle-contact.ts";

type GroupItem = {
  readonly jid: string;
  readonly subject: string | undefined;
  readonly avatarUrl: string | undefined;
  readonly participants: readonly Participant[] | undefined;
  readonly action: GroupAction | undefined;
  readonly affected: readonly string[];
};

const ACTIONS: readonly GroupAction[] = ["add", "remove", "promote", "demote"];

export const groups: ItemKind<GroupItem> = { key: "jid", parse, apply };

function parse(body: Body): GroupItem | "skipped" {
  if (isNotForUs(body, "jid")) return "skipped";
  const jid = readJid(body, "jid");
  if (jid !== "" && !jid.endsWith("@g.us")) body.reject("jid");
  return {
    jid,
    subject: readOptionalLabel(body, "subject"),
    avatarUrl: readOptionalLabel(body, "avatarUrl"),
    participants: readList(body, "participants", toParticipant),
    action: body.optionalChoice("action", ACTIONS),
    affected: readList(body, body.isAbsent("jids") ? "affected" : "jids", toAddress) ?? [],
  };
}

function readList<Item>(body: Body, name: string, toItem: (value: unknown) => Item | undefined): readonly Item[] | undefined {
  if (body.isAbsent(name)) return undefined;
  const value = body.raw(name);
  const items = Array.isArray(value) ? value.map(toItem) : [undefined];
  const good = items.filter((item) => item !== undefined);
  return good.length === items.length ? good : body.reject(name);
}

function toParticipant(value: unknown): Participant | undefined {
  if (!isObject(value) || typeof value["admin"] !== "boolean") return undefined;
  const jid = toAddress(value["jid"]);
  return jid === undefined ? undefined : { jid, admin: value["admin"] };
}

const toAddress = (value: unknown): string | undefined => (typeof value === "string" ? canonicalJid(value) : undefined);

async function apply(batch: Batch, item: GroupItem): Promise<Applied> {
  const { news } = batch;
  const who = { kind: "group", jid: item.jid } as const;
  const { contact, isNew } = await settleContact(batch, who, { name: item.subject ?? null, isLoud: true });
  const before = storedParticipants(contact.metadata);
  const after = participantsAfter(before, item);
  const hasNewPeople = !isSameGroup(before, after);
  const hasNewName = item.subject !== undefined && (isNew || item.subject !== contact.name);
  const hasNewAvatar = item.avatarUrl !== undefined && item.avatarUrl !== contact.avatarUrl;

  const group = await store(batch, contact, {
    ...(hasNewName ? { name: item.subject } : {}),
    ...(hasNewAvatar ? { avatarUrl: item.avatarUrl } : {}),
    ...(hasNewPeople ? { metadata: { participants: after.map((each) => ({ ...each })) } } : {}),
  });
  if (hasNewName || hasNewPeople) news.tellAfterwards(...groupUpdated(group, after.length));
  if (hasNewPeople && item.action !== undefined) {
    news.tellAfterwards(...groupParticipants(group, { action: item.action, participants: item.affected }));
  }
  if (isNew) return { outcome: "created", id: contact.id };
  return { outcome: hasNewPeople || hasNewName || hasNewAvatar ? "updated" : "unchanged", id: contact.id };
}

/** The list as it was sent; else the stored one with what happened to it. */
function participantsAfter(before: readonly Participant[], { participants, action, affected }: GroupItem): readonly Participant[] {
  if (participants !== undefined) return boundParticipants(participants);
  return action === undefined ? before : applyAction(before, action, affected);
}

async function store({ transaction }: Batch, contact: WhatsAppContact, data: Prisma.WhatsAppContactUpdateInput): Promise<WhatsAppContact> {
  return Object.keys(data).length === 0 ? contact : transaction.whatsAppContact.update({ where: { id: contact.id }, data });
}
