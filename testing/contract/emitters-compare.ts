import type { Emission } from "../realtime-recorder.ts";

/** Whether two systems told the same: pure, over what each has broadcast for one fact. */

/** Ids the two have made for themselves; compared as a bijection, never ignored (contract 5.2). */
const OWN_IDS: ReadonlySet<string> = new Set(["id", "contactId", "whatsappContactId", "requestId"]);

export type CompareOptions = {
  /** Keys whose value is the time of the act: each system's own, and recent. */
  readonly recentKeys: readonly string[];
  readonly nowMs: number;
};

const RECENT_MS = 60_000;

/** What differs, as readable lines; none when the two agree, channel by channel and in the order of each channel. */
export function differencesOf(legacy: readonly Emission[], nest: readonly Emission[], options: CompareOptions): string[] {
  const [byLegacy, byNest] = [byChannel(legacy), byChannel(nest)];
  const pairs = new Map<string, string>();
  const lines: string[] = [];
  for (const channel of new Set([...byLegacy.keys(), ...byNest.keys()])) {
    const [one, other] = [byLegacy.get(channel) ?? [], byNest.get(channel) ?? []];
    const names = [one, other].map((list) => list.map(({ event }) => event).join(", "));
    if (names[0] !== names[1]) lines.push(`${channel}: legacy tells ${names[0] || "nothing"}; nest tells ${names[1] || "nothing"}`);
    else one.forEach((emission, index) => lines.push(...payloadDifferences(emission, other[index] as Emission, { ...options, pairs })));
  }
  return lines;
}

/** Emissions of several channels at once are one on each. */
export function byChannel(emissions: readonly Emission[]): Map<string, Emission[]> {
  const lists = new Map<string, Emission[]>();
  for (const emission of emissions) for (const channel of emission.channels) lists.set(channel, [...(lists.get(channel) ?? []), emission]);
  return lists;
}

type Context = CompareOptions & { readonly pairs: Map<string, string> };

function payloadDifferences({ event, data }: Emission, { data: otherData }: Emission, context: Context): string[] {
  const [one, other] = [data as Record<string, unknown>, otherData as Record<string, unknown>];
  const keys = [Object.keys(one).join(), Object.keys(other).join()];
  if (keys[0] !== keys[1]) return [`${event}: legacy has the keys ${keys[0]}; nest ${keys[1]}`];
  return Object.keys(one).flatMap((key) =>
    isSame(key, [one[key], other[key]], context) ? [] : [`${event}.${key}: legacy ${JSON.stringify(one[key])}; nest ${JSON.stringify(other[key])}`],
  );
}

function isSame(key: string, [one, other]: readonly [unknown, unknown], { recentKeys, nowMs, pairs }: Context): boolean {
  const isRecent = (ms: number) => Math.abs(nowMs - ms) <= RECENT_MS;
  if (key === "timestamp") return [one, other].every((each) => Number.isInteger(each) && isRecent(each as number));
  if (recentKeys.includes(key)) return [one, other].every((each) => typeof each === "string" && isRecent(Date.parse(each)) && each.endsWith("Z"));
  const ids = [ownIdOf(key, one), ownIdOf(key, other)] as const;
  if (ids[0] !== undefined && ids[1] !== undefined) return isPaired(ids[0], ids[1], pairs);
  return JSON.stringify(one) === JSON.stringify(other);
}

function ownIdOf(key: string, value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  // The path a message's file is served at ends in the message's id.
  return key === "mediaUrl" ? /^\/api\/whatsapp\/media\/([^/?]+)$/.exec(value)?.[1] : OWN_IDS.has(key) ? value : undefined;
}

/** One id of legacy's always goes with the same one of nest's, and the other way round. */
function isPaired(one: string, other: string, pairs: Map<string, string>): boolean {
  const known = pairs.get(one);
  if (known !== undefined) return known === other;
  if ([...pairs.values()].includes(other)) return false;
  pairs.set(one, other);
  return true;
}
