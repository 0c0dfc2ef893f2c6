import type { EmissionsFile } from "./config-schema.ts";
import { toRule } from "./configured-endpoint.ts";
import type { EmissionSpec } from "./core/emissions/emission.ts";
import { parsePattern } from "./core/path-pattern.ts";
import type { Rule } from "./core/rules.ts";

export type EmissionsConfig = {
  readonly mode: EmissionsFile["mode"];
  readonly windowMs: number;
  readonly lateMs: number;
  /** Members of a payload that name whose emissions come in order within a channel: the first that is there. */
  readonly order: readonly string[];
  readonly events: ReadonlyMap<string, EmissionSpec>;
  /** Of an event that nobody named: nothing is known of what makes two of them the same fact. */
  readonly specOf: (event: string) => EmissionSpec;
};

const DEFAULT_FAMILY = "realtime";
/** The member that holds the time of the emission. */
const EMITTED_AT = "$.timestamp";

/** Fills in what every event has. Throws `CONFIG_INVALID` for rules that would hide everything. */
export function resolveEmissions({ mode, windowMs, lateMs, order, events: configured }: EmissionsFile, file: string): EmissionsConfig {
  const events = new Map(
    Object.entries(configured).map(([event, { family, key, rules }]) => {
      const own = rules.map((rule, index) => toRule(rule, `${file}: emissions.events["${event}"].rules[${index}]`));
      return [event, { event, family, key, compare: compareOf(own) }] as const;
    }),
  );
  const unnamed = { family: DEFAULT_FAMILY, key: [], compare: compareOf([]) };
  return { mode, windowMs, lateMs, order, events, specOf: (event) => events.get(event) ?? { event, ...unnamed } };
}

function compareOf(rules: readonly Rule[]): EmissionSpec["compare"] {
  return { lists: [], headers: [], rules: [...rules, ...emissionTime()] };
}

/** Two systems never emit at the same instant: the value of the envelope's time is no drift, its type and format are. */
function emissionTime(): Rule[] {
  const pattern = parsePattern(EMITTED_AT);
  return pattern === undefined ? [] : [{ pattern, as: "volatile", owner: "parallax", reason: "time of the emission" }];
}
