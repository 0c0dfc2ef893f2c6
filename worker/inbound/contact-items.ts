import type { Contact, LIDMapping } from "@whiskeysockets/baileys";
import { parseJid } from "@ipnuo/domain/jid";
import { toText } from "@ipnuo/domain/wire-values";
import { canonicalOf, personOf } from "./chats.ts";

/** An item of the ingest call `contacts`. */
export type ContactReport = {
  readonly jid: string;
  readonly lid?: string;
  readonly pn?: string;
  readonly name?: string;
  readonly isBusiness?: boolean;
  readonly avatarUrl?: string;
};

const MAX_NAME = 1_024;
const MAX_URL = 4_096;

/**
 * What the account's address book says of a person. Undefined when it says nothing that lasts:
 * a push name alone is none of it (it comes with the messages of who wrote, and names nobody else), and groups come as groups.
 */
export function toContactItem({ id, lid, phoneNumber, name, verifiedName, imgUrl }: Partial<Contact>): ContactReport | undefined {
  const own = id ? parseJid(id) : undefined;
  if (own?.kind === "group") return undefined;
  const pn = personOf(phoneNumber, "phone") ?? personOf(id, "phone");
  const known = personOf(lid, "lid") ?? personOf(id, "lid");
  const jid = canonicalOf([pn, known]);
  if (jid === undefined) return undefined;
  const text = toText(name) ?? toText(verifiedName);
  const fields = {
    ...(text === null ? {} : { name: Array.from(text).slice(0, MAX_NAME).join("") }),
    ...(verifiedName ? { isBusiness: true } : {}),
    ...(isUrl(imgUrl) ? { avatarUrl: imgUrl } : {}),
  };
  if (Object.keys(fields).length === 0 && (pn === undefined || known === undefined)) return undefined;
  return { jid, ...(known === undefined ? {} : { lid: known }), ...(pn === undefined ? {} : { pn }), ...fields };
}

/** Two addresses of one person. */
export function toPairItem({ lid, pn }: LIDMapping): ContactReport | undefined {
  return toContactItem({ id: pn, lid });
}

/** `changed` and `removed` are no addresses. */
function isUrl(value: string | null | undefined): value is string {
  return typeof value === "string" && value.startsWith("https://") && value.length <= MAX_URL && URL.canParse(value);
}
