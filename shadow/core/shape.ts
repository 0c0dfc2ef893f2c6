import { ExactNumber, isList, type Json } from "./types.ts";

export type JsonType = "null" | "boolean" | "number" | "string" | "array" | "object";

/** Formats of texts, most telling first: the first that fits names the text. */
const TEXT_FORMATS: readonly (readonly [format: string, pattern: RegExp])[] = [
  ["iso-time-ms", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/],
  ["iso-time-fraction", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+Z$/],
  ["iso-time", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?Z$/],
  ["iso-time-offset", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[+-]\d{2}:?\d{2})?$/],
  ["date", /^\d{4}-\d{2}-\d{2}$/],
  ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i],
  ["cuid", /^c[a-z0-9]{24}$/],
  ["jid-phone", /^\d+(?::\d+)?@(?:s\.whatsapp\.net|c\.us)$/],
  ["jid-lid", /^\d+(?::\d+)?@lid$/],
  ["jid-group", /^[\d-]+@g\.us$/],
  ["number-plus", /^\+\d+$/],
  ["digits", /^\d+$/],
  ["data-url", /^data:[^,]*,/],
  ["url", /^[a-z][a-z0-9+.-]*:\/\//i],
  ["path", /^\/(?!\/)\S*$/],
];

/** A text that redaction replaced keeps its class in front: `~class:length:hash`. */
const TOKEN = /^~([a-z-]+):\d+:[0-9a-f.]+$/;

/** What `formatOfNumber` tells apart: a token of such a class stands for a number. */
const NUMBER_FORMATS: ReadonlySet<string> = new Set(["number", "epoch-seconds", "epoch-milliseconds"]);
const EPOCH_SECONDS = { min: 1e9, max: 1e10 };
const EPOCH_MILLISECONDS = { min: 1e12, max: 1e13 };

export function typeOfJson(value: Json): JsonType {
  if (value === null) return "null";
  if (value instanceof ExactNumber) return "number";
  if (isList(value)) return "array";
  const type = typeof value;
  return type === "string" && NUMBER_FORMATS.has(tokenClass(value as string) ?? "") ? "number" : (type as JsonType);
}

/** What a text looks like; `text` when it is nothing in particular. */
export function formatOfText(text: string): string {
  const token = tokenClass(text);
  if (token !== undefined) return token;
  return TEXT_FORMATS.find(([, pattern]) => pattern.test(text))?.[0] ?? "text";
}

/** Whether a number looks like a time. */
export function formatOfNumber(value: number | ExactNumber): string {
  if (value instanceof ExactNumber || !Number.isInteger(value)) return "number";
  if (value >= EPOCH_SECONDS.min && value < EPOCH_SECONDS.max) return "epoch-seconds";
  if (value >= EPOCH_MILLISECONDS.min && value < EPOCH_MILLISECONDS.max) return "epoch-milliseconds";
  return "number";
}

/** Type and format in one word for people: `string(cuid)`, `number(epoch-seconds)`, `null`; `absent` for no value. */
export function shapeOf(value: Json | undefined): string {
  if (value === undefined) return "absent";
  const format = formatOf(value);
  const type = typeOfJson(value);
  return format === type || format === "text" ? type : `${type}(${format})`;
}

/** The format within the type; the type itself where it has no formats. */
export function formatOf(value: Json): string {
  if (typeof value === "string") return formatOfText(value);
  if (typeof value === "number" || value instanceof ExactNumber) return formatOfNumber(value);
  return typeOfJson(value);
}

/** A text without regard to letter case; of a token the part that does not depend on it. */
export function caseless(text: string): string {
  return tokenClass(text) === undefined ? text.toLowerCase() : text.replace(/\.[0-9a-f]+$/, "");
}

function tokenClass(text: string): string | undefined {
  return text.startsWith("~") ? TOKEN.exec(text)?.[1] : undefined;
}
