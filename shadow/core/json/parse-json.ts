import { ExactNumber, isList, isObject, type Json } from "../types.ts";
import { canonicalDecimal, isSafeAsDouble } from "./canonical-number.ts";
import { endOfString, scanJson } from "./scan.ts";

/** Deeper nesting is not compared as JSON: recursion stays bounded. */
export const MAX_DEPTH = 500;

export type ParsedJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string };

/** Bytes that are not UTF-8 are not JSON. A byte order mark is data, not noise. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses JSON without losing what the bytes say: big numbers stay exact, duplicate keys and excessive depth are refused,
 * `__proto__` is an ordinary key. Never throws.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  const text = decodeUtf8(bytes);
  if (text === undefined) return { ok: false, reason: "not UTF-8" };
  const scan = scanJson(text);
  if (scan.depth > MAX_DEPTH) return { ok: false, reason: `nested deeper than ${MAX_DEPTH}` };
  const value = scan.hasLongNumber ? parseExactly(text) : parseNatively(text);
  if (value === undefined) return { ok: false, reason: text.trim() === "" ? "empty" : "malformed" };
  if (countMembers(value) !== scan.members) return { ok: false, reason: "duplicate keys" };
  return { ok: true, value };
}

export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function parseNatively(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Quotes the long numbers, parses natively, and turns the quoted ones into exact numbers. */
function parseExactly(text: string): Json | undefined {
  const marked = parseNatively(markLongNumbers(text));
  return marked === undefined ? undefined : unmark(marked);
}

/** A private-use character before a string stands for "this was a number"; strings that begin with it are escaped by another. */
const MARK = "\uE000";
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE]([+-]?\d+))?/g;
/** Numbers with a longer exponent are refused: computing with it takes quadratic time. */
const MAX_EXPONENT_LENGTH = 1_000;

/** Quotes every number that a double could not hold, so that the native parser keeps its text. String by string: one pattern for all would recurse. */
function markLongNumbers(text: string): string {
  const parts: string[] = [];
  for (let from = 0; from < text.length;) {
    const quote = text.indexOf('"', from);
    const start = quote === -1 ? text.length : quote;
    const end = quote === -1 ? text.length : endOfString(text, start);
    parts.push(text.slice(from, start).replace(NUMBER, markNumber));
    if (start < text.length) parts.push('"', escapeMark(text.slice(start + 1, end)), text.slice(end, end + 1));
    from = end + 1;
  }
  return parts.join("");
}

/** A number with a leading zero stays as it is, and malformed; one with an absurd exponent becomes so. */
function markNumber(lexeme: string, exponent: string | undefined): string {
  if (/^-?0\d/.test(lexeme)) return lexeme;
  if (exponent !== undefined && exponent.length > MAX_EXPONENT_LENGTH) return MARK;
  return isSafeAsDouble(lexeme) ? lexeme : `"${MARK}${canonicalDecimal(lexeme)}"`;
}

function escapeMark(inner: string): string {
  return inner.startsWith(MARK) || /^\\u[eE]000/.test(inner) ? `${MARK}${MARK}${inner}` : inner;
}

/** Undefined when a number stood where a key belongs: quoting would have made malformed text valid. */
function unmark(value: Json): Json | undefined {
  if (typeof value === "string") return value.startsWith(MARK) ? unmarkText(value) : value;
  if (isList(value)) {
    const items = value.map(unmark);
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  if (!isObject(value)) return value;
  const result = Object.create(null) as Record<string, Json>;
  for (const [key, member] of Object.entries(value)) {
    const name = key.startsWith(MARK) ? unmarkText(key) : key;
    const plain = unmark(member);
    if (typeof name !== "string" || plain === undefined) return undefined;
    result[name] = plain;
  }
  return result;
}

function unmarkText(text: string): string | ExactNumber {
  return text.startsWith(MARK + MARK) ? text.slice(2) : new ExactNumber(text.slice(1));
}

function countMembers(value: Json): number {
  let count = 0;
  if (isList(value)) for (const item of value) count += countMembers(item);
  else if (isObject(value)) for (const key of Object.keys(value)) count += 1 + countMembers(value[key] ?? null);
  return count;
}
