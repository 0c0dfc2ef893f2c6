import { messageOf } from "../../lib/errors.ts";
import { toFailure, toResult, type CaseResult } from "./case-result.ts";
import { readCases, type ReadCase, type ReadOptions } from "./cases/reads.ts";
import { compareSightings } from "./compare-sightings.ts";
import { look } from "./look.ts";
import type { Message, Sighting } from "./sighting.ts";

export type RealOptions = ReadOptions & { readonly legacyUrl: string; readonly proxyUrl: string };

/** Reads put to a real system, directly and through its proxy: nothing is written, nothing of the answers is kept. */
export async function compareWithReal({ legacyUrl, proxyUrl, ...options }: RealOptions): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const item of readCases(options)) {
    const result = await compareRead(item, legacyUrl, proxyUrl).catch((error: unknown) => toFailure(item, messageOf(error)));
    results.push(result);
  }
  return results;
}

/** Direct, through, and direct again: what differs between the two direct answers varies by itself. */
async function compareRead(item: ReadCase, legacyUrl: string, proxyUrl: string): Promise<CaseResult> {
  const before = await sight(legacyUrl, item);
  const through = await sight(proxyUrl, item);
  const after = await sight(legacyUrl, item);
  const verdict = compareSightings(settle(before, [before, after]), settle(through, [before, after]), item.onPurpose);
  const isMarked = item.onPurpose !== undefined && verdict.onPurpose.includes(item.onPurpose);
  return toResult(item, verdict, { marked: isMarked, isPublic: false });
}

async function sight(url: string, item: ReadCase): Promise<Sighting> {
  return { ...(await look(url, item)), asked: [] };
}

type Pair = readonly [before: Sighting, after: Sighting];

/** The sighting without what varies by itself. */
export function settle(sighting: Sighting, [before, after]: Pair): Sighting {
  const varying = varyingNames(before.answered.flatMap(linesOf), after.answered.flatMap(linesOf));
  const isBodyVarying = textOf(before) !== textOf(after);
  const lines = (list: readonly string[]): string[] => [
    ...new Set(list.map((line) => (varying.has(nameOf(line)) ? `${nameOf(line)}: (varies)` : line))),
  ];
  const settled = (message: Message): Message => ({
    ...message,
    lines: lines(message.lines),
    trailers: lines(message.trailers),
    body: isBodyVarying ? "" : message.body,
  });
  return { ...sighting, answered: sighting.answered.map(settled) };
}

function varyingNames(before: readonly string[], after: readonly string[]): Set<string> {
  const valuesOf = (lines: readonly string[], name: string): string => lines.filter((line) => nameOf(line) === name).join("\n");
  const names = new Set([...before, ...after].map(nameOf));
  return new Set([...names].filter((name) => valuesOf(before, name) !== valuesOf(after, name)));
}

const linesOf = ({ lines, trailers }: Message): readonly string[] => [...lines, ...trailers];
const textOf = ({ answered }: Sighting): string => answered.map(({ body }) => body).join("\n");
const nameOf = (line: string): string => line.slice(0, Math.max(line.indexOf(":"), 0)).toLowerCase();
