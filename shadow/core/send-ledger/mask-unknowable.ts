import { canonicalText } from "../canonical-text.ts";
import { parseJson } from "../json/parse-json.ts";
import { isObject, type Json } from "../types.ts";

/**
 * A send's answer with null wherever a dry run cannot know the value (ids, times): `$.message.id`. What is no JSON object
 * stays as it is.
 */
export function maskUnknowable(bytes: Uint8Array, paths: readonly string[]): Uint8Array {
  const parsed = parseJson(bytes);
  if (!parsed.ok) return bytes;
  const masked = paths.reduce<Json>((value, path) => mask(value, path.split(".").slice(1)), parsed.value);
  return new TextEncoder().encode(canonicalText(masked));
}

function mask(value: Json, [name, ...rest]: readonly string[]): Json {
  if (name === undefined) return null;
  if (!isObject(value) || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: mask(value[name] ?? null, rest) };
}
