/**
 * Paths. An exact place is a list of segments: `.key` for a member, `[…` for a row (with its identity), `@…` for what is not
 * in the body. Its template is the JSONPath people read: rows become `[*]`, keys that are ids become `{*}`.
 */
export const ROOT = "$";

export const memberSegment = (key: string): string => `.${key}`;
export const rowSegment = (identity: string): string => `[${identity}`;
/** The order of a list, as a place of its own below the list. */
export const ORDER_SEGMENT = "@order";

const PLAIN_KEY = /^[A-Za-z_$][A-Za-z0-9_$-]*$/;

/** Keys that are data: JIDs, cuids, UUIDs, numbers. They must not enter a path. */
const ID_KEY = /^(?:\d+|[^@\s]+@[^@\s]+|c[a-z0-9]{24}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\+\d{6,15})$/i;

export function isIdKey(key: string): boolean {
  return ID_KEY.test(key);
}

/** True for places that are not in a JSON body: status, headers, the body as a whole. */
export function isOutside(segments: readonly string[]): boolean {
  const first = segments[0];
  return first?.startsWith("@") === true && first !== ORDER_SEGMENT;
}

/** `$.contacts[*].userId` of `[".contacts", "[jid=…", ".userId"]`; `@status` of `["@status"]`. */
export function toTemplate(segments: readonly string[], knownParts?: Map<string, string>): string {
  if (isOutside(segments)) return segments[0] ?? ROOT;
  let path = ROOT;
  for (const segment of segments) path += knownParts === undefined ? toTemplatePart(segment) : knownPart(segment, knownParts);
  return path;
}

function knownPart(segment: string, parts: Map<string, string>): string {
  if (segment.startsWith("[")) return "[*]";
  const known = parts.get(segment);
  if (known !== undefined) return known;
  const part = toTemplatePart(segment);
  parts.set(segment, part);
  return part;
}

function toTemplatePart(segment: string): string {
  if (segment === ORDER_SEGMENT) return "";
  if (segment.startsWith("[")) return "[*]";
  const key = segment.slice(1);
  if (isIdKey(key)) return "{*}";
  return PLAIN_KEY.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** True when the inner place is the outer one or lies below it. */
export function isWithin(inner: readonly string[], outer: readonly string[]): boolean {
  return isOutside(inner) === isOutside(outer) && outer.length <= inner.length && outer.every((segment, index) => segment === inner[index]);
}
