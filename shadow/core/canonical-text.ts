import { ExactNumber, isList, isObject, type Json } from "./types.ts";

/** One text per JSON value: equal values have equal texts, whatever the order of their keys. */
export function canonicalText(value: Json): string {
  if (value instanceof ExactNumber) return value.decimal;
  if (isList(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (!isObject(value)) return Object.is(value, -0) ? "0" : JSON.stringify(value);
  const members = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key] ?? null)}`);
  return `{${members.join(",")}}`;
}
