/** Who is meant: a group, or somebody by one address or by both. */
export type Who =
  | { readonly kind: "group"; readonly jid: string }
  | { readonly kind: "person"; readonly lid: string; readonly pn?: string }
  | { readonly kind: "person"; readonly lid?: string; readonly pn: string };

const isGroup = (jid: string): boolean => jid.endsWith("@g.us");
const isLid = (jid: string): boolean => jid.endsWith("@lid");

/** Canonical addresses of one party; the first decides what it is. Of two of one kind the first counts. */
export function whoIs(jid: string, others: readonly (string | undefined)[]): Who {
  if (isGroup(jid)) return { kind: "group", jid };
  const all = [jid, ...others].filter((each): each is string => each !== undefined && !isGroup(each));
  const lid = all.find(isLid);
  const pn = all.find((each) => !isLid(each));
  if (lid !== undefined) return { kind: "person", lid, ...(pn === undefined ? {} : { pn }) };
  return { kind: "person", pn: pn ?? jid };
}

export const addressesOf = (who: Who): readonly string[] =>
  who.kind === "group" ? [who.jid] : [who.pn, who.lid].filter((each): each is string => each !== undefined);
