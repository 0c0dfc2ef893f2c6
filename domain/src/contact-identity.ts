import { parseJid } from "./jid.ts";

/** Who a chat is with: a group, or a person with a phone address, a LID, or both (contract 6.3). */
export type Identity =
  | { readonly kind: "group"; readonly jid: string }
  | { readonly kind: "person"; readonly pn: string | null; readonly lid: string | null };

/** The addresses of a stored contact. */
export type StoredIdentity = { readonly id: string; readonly jid: string; readonly pn: string | null; readonly lid: string | null };

/** What becomes of stored contacts when somebody's addresses are seen. */
export type IdentityPlan = {
  /** The contact it is; undefined: a new one. It gets the addresses that were seen. */
  readonly target: StoredIdentity | undefined;
  /** Holds the other half of a pair that is known now: goes into the target. */
  readonly absorbed: StoredIdentity | undefined;
  /** Held the LID by older evidence: loses it, and stays what it is otherwise. */
  readonly released: StoredIdentity | undefined;
};

/** The identity a chat's addresses stand for, the canonical one first; undefined without a good one. */
export function identityOf(jids: readonly (string | null | undefined)[]): Identity | undefined {
  const addresses = jids.flatMap((jid) => (jid ? (parseJid(jid) ?? []) : []));
  const [first] = addresses;
  if (first === undefined) return undefined;
  if (first.kind === "group") return { kind: "group", jid: first.jid };
  const jidOf = (kind: "phone" | "lid") => addresses.find((address) => address.kind === kind)?.jid ?? null;
  return { kind: "person", pn: jidOf("phone"), lid: jidOf("lid") };
}

/** Every address by which a stored contact may be the one. */
export function addressesOf(identity: Identity): string[] {
  return identity.kind === "group" ? [identity.jid] : [identity.pn, identity.lid].filter((jid) => jid !== null);
}

/** The address a contact is shown and reached by: the phone's when known. */
export function canonicalJid(identity: Identity): string {
  if (identity.kind === "group") return identity.jid;
  const jid = identity.pn ?? identity.lid;
  if (jid === null) throw new TypeError("an identity has an address");
  return jid;
}

/** Decides which stored contact an identity is. Of contradicting pairs the newer evidence wins, and nothing is merged. */
export function planIdentity(identity: Identity, stored: readonly StoredIdentity[]): IdentityPlan {
  const nothing = { absorbed: undefined, released: undefined };
  if (identity.kind === "group") return { target: stored.find(({ jid }) => jid === identity.jid), ...nothing };
  const byPn = holderOf("pn", identity.pn, stored);
  const byLid = holderOf("lid", identity.lid, stored);
  if (identity.pn === null) return { target: byLid, ...nothing };
  if (byLid === undefined || byLid === byPn) return { target: byPn, ...nothing };
  if (byLid.pn !== null) return { target: byPn, absorbed: undefined, released: byLid };
  return byPn === undefined ? { target: byLid, ...nothing } : { target: byPn, absorbed: byLid, released: undefined };
}

/** By its own column, else by the canonical address of a row from before there were columns. */
function holderOf(half: "pn" | "lid", jid: string | null, stored: readonly StoredIdentity[]): StoredIdentity | undefined {
  if (jid === null) return undefined;
  return stored.find((row) => row[half] === jid) ?? stored.find((row) => row.jid === jid && row[half] === null);
}
