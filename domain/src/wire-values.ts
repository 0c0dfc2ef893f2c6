import type { Maybe, WireNumber } from "./whatsapp-message.ts";

/** Numbers and texts of the WhatsApp protocol as the contract wants them. */

/** A finite number of a Long, decimal text or number; undefined for anything else. */
export function toNumber(value: Maybe<WireNumber>): number | undefined {
  const number = rawNumber(value);
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

function rawNumber(value: Maybe<WireNumber>): number | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  if (typeof value !== "object") return Number(value);
  return "toNumber" in value ? value.toNumber() : value.high * 2 ** 32 + (value.low >>> 0);
}

/** A whole, non-negative number that a 32-bit column holds; undefined for anything else. */
export function toCount(value: Maybe<WireNumber>): number | undefined {
  const number = toNumber(value);
  return number !== undefined && Number.isInteger(number) && number >= 0 && number <= 2_147_483_647 ? number : undefined;
}

/** Text without U+0000 and lone surrogates, which no column and no JSON reader keeps; null when nothing is left. */
export function toText(value: Maybe<string>): string | null {
  if (typeof value !== "string") return null;
  const clean = value.replaceAll("\0", "").replaceAll(/\p{Surrogate}/gu, "\u{FFFD}");
  return clean === "" ? null : clean;
}

/** `type/subtype` in lower case without parameters; `application/octet-stream` when it is not well formed. */
export function toMimeType(value: Maybe<string>): string {
  const bare = (value ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/.test(bare) ? bare : "application/octet-stream";
}

const MAX_FILE_NAME = 255;

/** The last path component without control characters, at most 255 code points; null when nothing is left. */
export function toFileName(value: Maybe<string>): string | null {
  const last = toText(value)?.split(/[/\\]/).at(-1) ?? "";
  const name = Array.from(last.replaceAll(/\p{Cc}/gu, "").trim())
    .slice(0, MAX_FILE_NAME)
    .join("");
  return name === "" ? null : name;
}

const LAST_INSTANT_MS = Date.UTC(9999, 11, 31);

/** An ISO date of epoch milliseconds; undefined outside of the years 1970 to 9999. */
export function toIsoDate(epochMs: number | undefined): string | undefined {
  return epochMs !== undefined && epochMs > 0 && epochMs < LAST_INSTANT_MS ? new Date(Math.trunc(epochMs)).toISOString() : undefined;
}
