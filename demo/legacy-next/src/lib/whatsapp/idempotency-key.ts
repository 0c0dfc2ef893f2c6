const BARE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;
/** A structured-field string (RFC 9651 3.3.3). */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const MAX_CHARACTERS = 255;

/** The key of an `Idempotency-Key` header: bare or quoted, both are one key. Undefined for a malformed one. */
export function parseIdempotencyKey(header: string): string | undefined {
  const text = header.trim();
  const key = BARE.test(text) ? text : QUOTED.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, "$1");
  return key !== undefined && key.length >= 1 && key.length <= MAX_CHARACTERS ? key : undefined;
}
