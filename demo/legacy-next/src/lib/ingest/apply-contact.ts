import type { Body } from "../http/body.ts";
import type { Applied, Batch, ItemKind } from "./batch.ts";
import { isNotForUs, readJid, readOptionalJid, readOptionalLabel } from "./fields.ts";
import { whoIs, type Who } from "./person.ts";
import { settleContact } from "./settle-contact.ts";

type ContactItem = {
  readonly who: Who;
  readonly name: string | undefined;
  readonly isBusiness: boolean | undefined;
  readonly avatarUrl: string | undefined;
};

export const contacts: ItemKind<ContactItem> = { key: "jid", parse, apply };

function parse(body: Body): ContactItem | "skipped" {
  if (isNotForUs(body, "jid")) return "skipped";
  const jid = readJid(body, "jid");
  const lid = readOptionalJid(body, "lid");
  const pn = readOptionalJid(body, "pn");
  if (lid !== undefined && !lid.endsWith("@lid")) body.reject("lid");
  if (pn !== undefined && !pn.endsWith("@s.whatsapp.net")) body.reject("pn");
  return {
    who: whoIs(jid, [lid, pn]),
    name: readOptionalLabel(body, "name"),
    isBusiness: body.optionalBoolean("isBusiness"),
    avatarUrl: readOptionalLabel(body, "avatarUrl"),
  };
}

/** What is not said stays as it is. */
async function apply(batch: Batch, { who, name, isBusiness, avatarUrl }: ContactItem): Promise<Applied> {
  const { transaction } = batch;
  const { contact, isNew, isChanged } = await settleContact(batch, who, { name: name ?? null, isLoud: true });
  const data = {
    ...(name === undefined || name === contact.name ? {} : { name }),
    ...(isBusiness === undefined || isBusiness === contact.isBusiness ? {} : { isBusiness }),
    ...(avatarUrl === undefined || avatarUrl === contact.avatarUrl ? {} : { avatarUrl }),
  };
  const hasNews = Object.keys(data).length > 0;
  if (hasNews) await transaction.whatsAppContact.update({ where: { id: contact.id }, data });
  if (isNew) return { outcome: "created", id: contact.id };
  return { outcome: isChanged || hasNews ? "updated" : "unchanged", id: contact.id };
}
