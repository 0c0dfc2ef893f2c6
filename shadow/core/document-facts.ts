import { fnv1a64 } from "./fingerprint.ts";
import { isIdKey, memberSegment, rowSegment, toTemplate } from "./path.ts";
import { coversPlace } from "./path-pattern.ts";
import type { Rule } from "./rules.ts";
import { typeOfJson } from "./shape.ts";
import { isList, isObject, type Json } from "./types.ts";

/**
 * How many values of a document are compared, and how many of them are asserted: not hidden by an ignore or volatile rule.
 * `paths`: how many there are of each template.
 */
export type FieldCount = { readonly compared: number; readonly asserted: number; readonly paths: ReadonlyMap<string, number> };

export function countFields(document: Json, rules: readonly Rule[]): FieldCount {
  const hiding = rules.filter((rule) => rule.as === "ignore" || rule.as === "volatile");
  const place: string[] = [];
  let compared = 0;
  let hidden = 0;
  const paths = new Map<string, number>();
  const visit = (value: Json): void => {
    if (isList(value) && value.length > 0) return value.forEach((item) => enter(rowSegment("*"), item));
    if (isObject(value) && Object.keys(value).length > 0) return Object.entries(value).forEach(([key, member]) => enter(memberSegment(key), member));
    compared += 1;
    const path = toTemplate(place);
    paths.set(path, (paths.get(path) ?? 0) + 1);
    if (hiding.some((rule) => coversPlace(rule.pattern, place))) hidden += 1;
  };
  const enter = (segment: string, value: Json): void => {
    place.push(segment);
    visit(value);
    place.pop();
  };
  visit(document);
  return { compared, asserted: compared - hidden, paths };
}

const SHAPE_DEPTH = 4;

/** A short hash of a document's structure: keys and types, lists by the kinds of rows they hold. Values do not count, nor do keys that are ids. */
export function shapeHash(document: Json): string {
  return fnv1a64(structureOf(document, SHAPE_DEPTH)).slice(0, 12);
}

function structureOf(value: Json, depth: number): string {
  if (depth === 0) return typeOfJson(value);
  if (isList(value)) return `[${[...new Set(value.map((item) => structureOf(item, depth - 1)))].toSorted().join("|")}]`;
  if (!isObject(value)) return typeOfJson(value);
  const members = Object.keys(value).map((key) => `${isIdKey(key) ? "*" : JSON.stringify(key)}:${structureOf(value[key] ?? null, depth - 1)}`);
  return `{${[...new Set(members)].toSorted().join(",")}}`;
}
