import type { ChaosResult } from "./run.ts";

/** What was promised and not kept; nothing, when one accepted send is one message, and what nobody knows is listed. */
export function brokenPromises({ sends, delivered, unknown }: ChaosResult): string[] {
  const broken: string[] = [];
  for (const { key, fate, problem, tries } of sends) {
    const count = delivered.get(key) ?? 0;
    if (problem !== undefined) broken.push(`${key}: its client saw ${problem}`);
    if (count > 1) broken.push(`${key}: sent ${count} times`);
    if (fate === "accepted" && count === 0) broken.push(`${key}: accepted, and never sent`);
    if (fate === "accepted" && unknown.has(key)) broken.push(`${key}: accepted, and listed as unknown`);
    if (fate === "told unknown" && !unknown.has(key)) broken.push(`${key}: its client was told that nobody knows, and nobody lists it`);
    if (fate === "open" && count > 0 && !unknown.has(key))
      broken.push(`${key}: sent, its client does not know after ${tries} tries, and nobody lists it`);
  }
  const known = new Set(sends.map(({ key }) => key));
  for (const key of unknown) if (!known.has(key)) broken.push(`${key}: listed as unknown, and nobody sent it`);
  return broken;
}

/** The run in a line. */
export function describeChaos({ sends, delivered, unknown, kills, flips }: ChaosResult): string {
  const accepted = sends.filter(({ fate }) => fate === "accepted");
  const once = accepted.filter(({ key }) => delivered.get(key) === 1).length;
  const tries = sends.reduce((sum, each) => sum + each.tries, 0);
  const killed = Object.entries(kills)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
  return `${sends.length} sends in ${tries} tries: ${accepted.length} accepted, ${once} of them delivered exactly once, ${unknown.size} unknown and listed; killed: ${killed}; ${flips} flips`;
}
