const PHONE_JID = /^[0-9]{6,15}@s\.whatsapp\.net$/;
const VALID_JID = /^([0-9]{6,15}@s\.whatsapp\.net|[0-9]+@lid|[0-9]+(-[0-9]+)?@g\.us)$/;

/** Lower case, without the device part, `@c.us` under its present name; undefined for what is no chat of ours. */
export function canonicalJid(text: string): string | undefined {
  const jid = text
    .toLowerCase()
    .replace(/:[0-9]+(?=@)/, "")
    .replace(/@c\.us$/, "@s.whatsapp.net");
  return VALID_JID.test(jid) ? jid : undefined;
}

/** The address behind a JID or a plain number of 6 to 15 digits with an optional `+`. */
export function addressOf(text: string): string | undefined {
  const digits = /^\+?([0-9]{6,15})$/.exec(text)?.[1];
  return digits === undefined ? canonicalJid(text) : phoneJid(digits);
}

export const phoneJid = (digits: string): string => `${digits}@s.whatsapp.net`;

/** Digits of a phone address; null for a LID and for a group, whose digits are no number. */
export function phoneDigits(jid: string | null): string | null {
  return jid !== null && PHONE_JID.test(jid) ? jid.slice(0, jid.indexOf("@")) : null;
}
