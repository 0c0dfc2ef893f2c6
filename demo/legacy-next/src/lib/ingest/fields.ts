import type { Body } from "../http/body.ts";
import { canonicalJid } from "../whatsapp/jid.ts";
import { parseInstant } from "../whatsapp/iso-date.ts";

/** Readers of the kinds of field only workers send. What they cannot read they note, and answer an empty value. */

const MAX_INTEGER = 2_147_483_647;
const NOT_FOR_US = /@(broadcast|newsletter)$/i;

const requireField = (body: Body, name: string): void => void body.text(name);

export function readInteger(body: Body, name: string): number {
  if (body.isAbsent(name)) requireField(body, name);
  return readOptionalInteger(body, name) ?? 0;
}

/** Of an INTEGER column, never negative. */
export function readOptionalInteger(body: Body, name: string): number | undefined {
  if (body.isAbsent(name)) return undefined;
  const value = body.raw(name);
  const isCount = typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_INTEGER;
  return isCount ? value : body.reject(name);
}

export function readBoolean(body: Body, name: string): boolean {
  if (body.isAbsent(name)) requireField(body, name);
  return body.optionalBoolean(name) ?? false;
}

export function readInstant(body: Body, name: string): Date {
  if (body.isAbsent(name)) requireField(body, name);
  else {
    const date = parseInstant(body.raw(name));
    if (date !== undefined) return date;
    body.reject(name);
  }
  return new Date(0);
}

/** A canonical address. */
export function readJid(body: Body, name: string): string {
  const text = body.text(name);
  return text === "" ? "" : (toJid(body, name, text) ?? "");
}

export function readOptionalJid(body: Body, name: string): string | undefined {
  const text = body.optionalText(name);
  return text === undefined || text === "" ? undefined : toJid(body, name, text);
}

function toJid(body: Body, name: string, text: string): string | undefined {
  return canonicalJid(text) ?? body.reject(name);
}

/** Broadcasts and newsletters: whatever they hold, nothing comes of them. */
export function isNotForUs(body: Body, name: string): boolean {
  const value = body.raw(name);
  return typeof value === "string" && NOT_FOR_US.test(value);
}

/** A text that says nothing when it is blank. */
export function readOptionalLabel(body: Body, name: string): string | undefined {
  const text = body.optionalText(name);
  return text === undefined || text.trim() === "" ? undefined : text;
}
