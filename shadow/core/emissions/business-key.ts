import { canonicalText } from "../canonical-text.ts";
import { parseJson } from "../json/parse-json.ts";
import { isObject, type JsonObject } from "../types.ts";
import type { Emission, EmissionSpec } from "./emission.ts";

const encoder = new TextEncoder();

/** What an emission's payload says of the fact it tells. */
export type EmissionFacts = {
  /** Equal for two emissions of one fact, on whatever channel; letter case does not count. */
  readonly key: string;
  /** Order means something only among emissions of one scope: a channel, and in it what `scopeFields` name (a chat). */
  readonly scope: string;
};

/** Reads the business key and the scope of order. A payload that is no JSON object is known by its channel alone. */
export function factsOf(emission: Emission, spec: EmissionSpec, scopeFields: readonly string[]): EmissionFacts {
  const document = parseJson(encoder.encode(emission.data));
  const data: JsonObject = document.ok && isObject(document.value) ? document.value : {};
  const textOf = (field: string): string => canonicalText(data[field] ?? null).toLowerCase();
  const scopeField = scopeFields.find((field) => typeof data[field] === "string");
  const named = spec.key.length === 0 ? [emission.channel] : spec.key.map(textOf);
  return {
    key: [emission.event, ...named].join("\n"),
    scope: `${emission.channel}\n${scopeField === undefined ? "" : textOf(scopeField)}`,
  };
}
