import { isObject } from "../http/body.ts";

type JsonObject = Readonly<Record<string, unknown>>;

const METADATA_MAX_BYTES = 16_384;
const LONE_SURROGATE = /\p{Surrogate}/u;

const MESSAGE_KEYS: ReadonlySet<string> = new Set(
  (
    "pushName participant senderName fileName location contacts poll selectedId seconds width height mentions forwarded reactions " +
    "editedAt deletedAt unsupported"
  ).split(" "),
);

/** The keys of a message's metadata that may be stored; null when there are none, undefined when the rest cannot be stored. */
export function toMessageMetadata(value: unknown): JsonObject | null | undefined {
  if (!isObject(value)) return undefined;
  const kept = Object.fromEntries(Object.entries(value).filter(([key, each]) => MESSAGE_KEYS.has(key) && each !== null));
  if (!isStorableJson(kept) || Buffer.byteLength(JSON.stringify(kept)) > METADATA_MAX_BYTES) return undefined;
  return Object.keys(kept).length === 0 ? null : kept;
}

/** PostgreSQL refuses U+0000 and lone surrogates in a JSON document, and with them a whole batch. */
export function isStorableJson(value: unknown): boolean {
  if (typeof value === "string") return !value.includes("\u0000") && !LONE_SURROGATE.test(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, each]) => isStorableJson(key) && isStorableJson(each));
}

/** Equal as JSON documents: the order of keys does not count, PostgreSQL keeps its own. */
export function isSameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value ?? null;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
