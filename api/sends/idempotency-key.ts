import { randomUUID } from "node:crypto";
import { ContractError } from "../http/contract-error.ts";

const MAX_LENGTH = 255;
/** Visible ASCII without quote, backslash and comma. */
const BARE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;
/** A structured-field string (RFC 8941, 3.3.3): what is inside, still escaped. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/** The key of a send: the client's, bare or quoted, else a new one. Throws 400 for a malformed one. */
export function idempotencyKeyOf(header: string | undefined): string {
  if (header === undefined) return randomUUID();
  const key = BARE.test(header) ? header : QUOTED.exec(header)?.[1]?.replaceAll(/\\(.)/g, "$1");
  if (key === undefined || key.length < 1 || key.length > MAX_LENGTH) throw new ContractError(400, { error: "Idempotency-Key is invalid" });
  return key;
}
