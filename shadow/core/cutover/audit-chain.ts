import type { Stage } from "../types.ts";

/** One change of a stage as the audit trail keeps it. Dates are ISO texts. */
export type AuditEntry = {
  readonly seq: number;
  readonly at: string;
  readonly family: string;
  /** the family's version after the change */
  readonly version: number;
  readonly from: { readonly stage: Stage; readonly percent: number };
  readonly to: { readonly stage: Stage; readonly percent: number };
  readonly by: string;
  readonly reason: string;
  readonly isOverride: boolean;
  readonly evidence: unknown;
};

export type SealedEntry = AuditEntry & { readonly mac: string };

/** The last entry somebody saw: kept outside of the database, so that a cut shows. */
export type AuditHead = { readonly seq: number; readonly mac: string };

export const GENESIS = "genesis";

/** The text that the entry's keyed hash covers: its fields in fixed order, and the hash of the entry before it. */
export function sealedText(entry: AuditEntry, previousMac: string): string {
  const { seq, at, family, version, from, to, by, reason, isOverride, evidence } = entry;
  return JSON.stringify([
    previousMac,
    seq,
    at,
    family,
    version,
    from.stage,
    from.percent,
    to.stage,
    to.percent,
    by,
    reason,
    isOverride,
    canonical(evidence),
  ]);
}

export type ChainCheck = {
  readonly entries: readonly SealedEntry[];
  readonly macOf: (text: string) => string;
  /** the newest entry known from outside */
  readonly head: AuditHead | undefined;
  /** version of each family as the switches hold it; changes without an entry show */
  readonly versions: ReadonlyMap<string, number>;
};

/** Version a family has before its first change. */
export const FIRST_VERSION = 1;

/** What is wrong with the trail, oldest first; empty when nothing is. */
export function checkChain({ entries, macOf, head, versions }: ChainCheck): string[] {
  const problems: string[] = [];
  const seen = new Map<string, number>();
  let previous = { seq: 0, mac: GENESIS };
  for (const entry of entries) {
    if (entry.seq !== previous.seq + 1) problems.push(`entry ${previous.seq + 1}: missing; the next one there is ${entry.seq}`);
    else if (macOf(sealedText(entry, previous.mac)) !== entry.mac) problems.push(`entry ${entry.seq}: was changed, or its key is another one`);
    seen.set(entry.family, entry.version);
    previous = entry;
  }
  if (head !== undefined && head.seq > previous.seq) problems.push(`entries ${previous.seq + 1} to ${head.seq}: cut off the end`);
  const atHead = head === undefined ? undefined : entries.find(({ seq }) => seq === head.seq);
  if (head !== undefined && atHead !== undefined && atHead.mac !== head.mac) problems.push(`entry ${head.seq}: is not the one that was logged`);
  for (const [family, version] of versions) {
    const last = seen.get(family) ?? FIRST_VERSION;
    if (last !== version) problems.push(`${family}: its switch is at version ${version}, its last entry speaks of ${last}`);
  }
  return problems;
}

/** JSON with sorted keys: what a database gives back may be ordered otherwise. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, canonical(member)] as const);
  return Object.fromEntries(members.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
