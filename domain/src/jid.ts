/** Addresses of WhatsApp (contract: JID normalisation). Pure text work: no look-ups, no swapping of suffixes. */

export type Address =
  | { readonly kind: "phone"; readonly jid: string; readonly digits: string }
  | { readonly kind: "lid"; readonly jid: string }
  | { readonly kind: "group"; readonly jid: string };

const PHONE = /^([0-9]{6,15})@s\.whatsapp\.net$/;
const LID = /^[0-9]+@lid$/;
const GROUP = /^[0-9]+(-[0-9]+)?@g\.us$/;
const PLAIN_NUMBER = /^\+?([0-9]{6,15})$/;

/** Lower case, no device part (`:n`), `@c.us` as `@s.whatsapp.net`. The result is not checked. */
export function normalizeJid(text: string): string {
  const lower = text.toLowerCase();
  const at = lower.indexOf("@");
  if (at === -1) return lower;
  const user = lower.slice(0, at).replace(/:[0-9]+$/, "");
  const server = lower.slice(at) === "@c.us" ? "@s.whatsapp.net" : lower.slice(at);
  return user + server;
}

/** `status@broadcast` and broadcast lists: they are no conversation. */
export function isBroadcast(jid: string): boolean {
  return jid.toLowerCase().endsWith("@broadcast");
}

/** Channels one follows: they are no conversation. */
export function isNewsletter(jid: string): boolean {
  return jid.toLowerCase().endsWith("@newsletter");
}

/** The address a JID stands for; undefined for broadcasts, newsletters and anything malformed. */
export function parseJid(text: string): Address | undefined {
  const jid = normalizeJid(text);
  const phone = PHONE.exec(jid);
  if (phone?.[1] !== undefined) return { kind: "phone", jid, digits: phone[1] };
  if (LID.test(jid)) return { kind: "lid", jid };
  if (GROUP.test(jid)) return { kind: "group", jid };
  return undefined;
}

/** 6 to 15 digits with an optional `+`, as a phone address; undefined for anything else. */
export function parsePhoneNumber(text: string): Address | undefined {
  const digits = PLAIN_NUMBER.exec(text)?.[1];
  return digits === undefined ? undefined : { kind: "phone", jid: `${digits}@s.whatsapp.net`, digits };
}

/** A recipient as a user types it: a JID or a plain number. */
export function parseRecipient(text: string): Address | undefined {
  return parseJid(text) ?? parsePhoneNumber(text);
}

/** Digits of a phone address. A LID's digits are never a phone number: undefined for it, and for groups. */
export function phoneDigitsOf(jid: string): string | undefined {
  const address = parseJid(jid);
  return address?.kind === "phone" ? address.digits : undefined;
}
