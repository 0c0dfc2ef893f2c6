/** The key a client gave a send: one, none, or something that is no key. */
export type GivenKey = { readonly kind: "given"; readonly key: string } | { readonly kind: "absent" } | { readonly kind: "invalid" };

const MAX_LENGTH = 255;
/** Visible ASCII without quote, backslash and comma. */
const BARE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;
/** A structured-field string (RFC 8941, 3.3.3): what is inside, still escaped. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/** Reads the lines of `Idempotency-Key`. The quoted and the bare form of one key are one key; two lines are no key. */
export function parseKey(lines: readonly string[]): GivenKey {
  if (lines.length === 0) return { kind: "absent" };
  const text = lines.join(", ").trim();
  const key = BARE.test(text) ? text : QUOTED.exec(text)?.[1]?.replaceAll(/\\(.)/g, "$1");
  return key === undefined || key === "" || key.length > MAX_LENGTH ? { kind: "invalid" } : { kind: "given", key };
}

/** How a key goes downstream: quoted where it could not be read bare. */
export function spellKey(key: string): string {
  return BARE.test(key) ? key : `"${key.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
