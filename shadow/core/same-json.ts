import { ExactNumber, isList, isObject, type Json } from "./types.ts";

/** True when two values are equal as JSON: the order of keys does not count, the order of rows does. */
export function isSameJson(one: Json, other: Json): boolean {
  if (isList(one)) return isList(other) && one.length === other.length && one.every((item, index) => isSameJson(item, other[index] ?? null));
  if (isObject(one)) {
    if (!isObject(other)) return false;
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && isSameJson(one[key] ?? null, other[key] ?? null))
    );
  }
  return isSameScalar(one, other);
}

export function isSameScalar(one: Json, other: Json): boolean {
  if (one instanceof ExactNumber && other instanceof ExactNumber) return one.decimal === other.decimal;
  return one === other;
}
