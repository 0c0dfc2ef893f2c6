import { ALL_ON_PURPOSE, type OnPurposeId } from "./on-purpose.ts";
import type { Message, Sighting } from "./sighting.ts";
import { FACETS, type Facet } from "./transparency-case.ts";

export type TransparencyDifference = { readonly facet: Facet; readonly direct: string; readonly through: string };

export type Verdict = {
  readonly differences: readonly TransparencyDifference[];
  /** Rows of the table that explain what else differs. */
  readonly onPurpose: readonly OnPurposeId[];
};

/** What differs between the two sightings, apart from what the table explains. `marked`: the row the case is about. */
export function compareSightings(direct: Sighting, through: Sighting, marked?: OnPurposeId): Verdict {
  const isUnanswered = direct.end !== "complete";
  const rows = ALL_ON_PURPOSE.filter(
    ({ id, isEverywhere, isOnlyUnanswered }) => isEverywhere === true || (id === marked && (isUnanswered || isOnlyUnanswered !== true)),
  );
  const found = differencesBetween(direct, through);
  const explaining = rows.filter(({ facets }) => found.some(({ facet }) => facets.includes(facet)));
  return {
    differences: found.filter(({ facet }) => !rows.some(({ facets }) => facets.includes(facet))),
    onPurpose: explaining.map(({ id }) => id as OnPurposeId),
  };
}

export function differencesBetween(direct: Sighting, through: Sighting): TransparencyDifference[] {
  const [one, other] = [facetsOf(direct), facetsOf(through)];
  return FACETS.filter((facet) => one[facet] !== other[facet]).map((facet) => ({ facet, direct: one[facet], through: other[facet] }));
}

/** Each facet as one text, so that equal means equal. */
function facetsOf({ asked, answered, tail, end }: Sighting): Record<Facet, string> {
  const final = answered.at(-1);
  const isWhole = end === "complete";
  return {
    "asked.count": String(asked.length),
    "asked.startLine": each(asked, ({ startLine }) => startLine),
    "asked.host": each(asked, ({ lines }) =>
      lines
        .filter((line) => nameOf(line) === "host")
        .map(valueOf)
        .join(" and "),
    ),
    "asked.headers": each(asked, ({ lines }) => lines.filter((line) => !FRAMING.has(nameOf(line))).join("\n")),
    "asked.framing": each(asked, ({ lines }) => lines.map((line, index) => (FRAMING.has(nameOf(line)) ? `${index} ${line}` : "")).join("\n")),
    "asked.connection": each(asked, ({ connection }) => connection.join("\n")),
    "asked.body": each(asked, ({ body }) => body),
    "asked.trailers": each(asked, ({ trailers }) => trailers.join("\n")),
    "answered.information": each(answered.slice(0, -1), ({ startLine, lines }) => [startLine, ...lines].join("\n")),
    "answered.status": final?.startLine ?? "",
    "answered.headers": final?.lines.join("\n") ?? "",
    "answered.connection": final?.connection.join("\n") ?? "",
    "answered.body": isWhole ? (final?.body ?? "") : "",
    "answered.trailers": isWhole ? (final?.trailers.join("\n") ?? "") : "",
    "answered.tail": tail,
    "answered.end": end,
  };
}

const FRAMING = new Set(["host", "content-length"]);
const nameOf = (line: string): string => line.slice(0, Math.max(line.indexOf(":"), 0)).toLowerCase();
const valueOf = (line: string): string => line.slice(line.indexOf(":") + 2);
const each = (messages: readonly Message[], part: (message: Message) => string): string => messages.map(part).join("\n---\n");
