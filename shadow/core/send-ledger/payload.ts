import { canonicalText } from "../canonical-text.ts";
import { parseJson } from "../json/parse-json.ts";

/** What a send asks for, beside its key: the place in the path, the query, the body. */
export type SendPayload = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly body: { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "parts"; readonly parts: readonly PayloadPart[] };
};

/** One part of a form: what it says of itself, and the hash of its content. */
export type PayloadPart = { readonly disposition: string; readonly contentType: string; readonly sha256: string };

/**
 * One text per payload, whatever its spelling: JSON by its value, forms by their parts in any order, everything else byte
 * for byte. Equal texts ask for the same thing.
 */
export function payloadText({ params, query, body }: SendPayload): string {
  const place = canonicalText({ params, query });
  if (body.kind === "parts") return `${place}\nparts ${canonicalText(body.parts.map((part) => canonicalText(part)).toSorted())}`;
  const parsed = parseJson(body.bytes);
  if (parsed.ok) return `${place}\njson ${canonicalText(parsed.value)}`;
  return `${place}\nbytes ${Array.from(body.bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
