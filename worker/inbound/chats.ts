import { parseJid } from "@ipnuo/domain/jid";

type Maybe = string | null | undefined;

/** A conversation: not a status broadcast, a list, or a channel. */
export function isGroupOrPerson(jid: Maybe): boolean {
  return jid ? parseJid(jid) !== undefined : false;
}

/** A person's address of one kind; undefined for anything else. */
export function personOf(jid: Maybe, kind: "phone" | "lid"): string | undefined {
  const address = jid ? parseJid(jid) : undefined;
  return address?.kind === kind ? address.jid : undefined;
}

/** The phone's address when it is known, else the first good one; undefined without any. */
export function canonicalOf(jids: readonly Maybe[]): string | undefined {
  const addresses = jids.flatMap((jid) => (jid ? (parseJid(jid) ?? []) : []));
  return (addresses.find(({ kind }) => kind === "phone") ?? addresses[0])?.jid;
}
