import { z } from "zod";

/** Kinds of fields that requests are made of. A message is `required` or `invalid`; `problemsOf` names the field. */

export const REQUIRED = "required";
export const INVALID = "invalid";

/** PostgreSQL cannot hold U+0000: a reference with one names nothing, and is looked up as something that does not exist. */
const NOBODY = "\u{FFFD}";

const missingOrInvalid = (issue: { readonly input?: unknown }): string => (issue.input === undefined || issue.input === null ? REQUIRED : INVALID);

/** An id or key that is looked up. */
export const reference = z.string({ error: INVALID }).transform((text) => text.replaceAll("\0", NOBODY));

/** A reference that must be there: absent, null and blank are all missing. */
export const requiredReference = z
  .string({ error: missingOrInvalid })
  .refine((text) => text.trim() !== "", REQUIRED)
  .pipe(reference);

/** An id in a path: decoded once already; a malformed one is unknown, never an error of its own (contract 1.1). */
export const pathId = z.string().transform((text) => (/^[A-Za-z0-9_.@:+-]{1,128}$/.test(text) ? text : NOBODY));

/** Null counts as absent. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** One of the names; absent and null are missing. */
export function requiredEnum<const Name extends string>(names: readonly Name[]) {
  return z.enum(names, { error: (issue) => (isBlank(issue.input) ? REQUIRED : INVALID) });
}

export type Length = { readonly min: number; readonly max: number };

/** Well-formed Unicode without U+0000; lengths are code points. Stored as sent. */
export function plainText(length: Length) {
  return z.string({ error: missingOrInvalid }).refine((value) => isText(value) && isWithin(value, length), INVALID);
}

/** As `plainText`, without the white space around it. */
export function trimmedText(length: Length) {
  return z
    .string({ error: missingOrInvalid })
    .refine(isText, INVALID)
    .transform((value) => value.trim())
    .refine((value) => isWithin(value, length), INVALID);
}

/** Text that must be there: blank is missing. */
export function requiredText(length: Length) {
  return z
    .string({ error: missingOrInvalid })
    .refine((value) => value.trim() !== "", REQUIRED)
    .pipe(plainText(length));
}

/** Who acts, as a request may say it: absent, null, empty and the text `null` all mean the caller, which is undefined here. */
export const actorId = z
  .string({ error: INVALID })
  .nullish()
  .transform((id) => (id === null || id === "" || id === "null" ? undefined : id));

/** A tenant as a request may name it; absent, null and the text `null` (a query has no other) mean the caller's. */
export const tenantReference = z
  .string({ error: INVALID })
  .nullish()
  .transform((id) => (id === null || id === "null" ? undefined : id));

/** Neither U+0000 nor a lone surrogate. */
export function isText(value: string): boolean {
  return !/\0|\p{Surrogate}/u.test(value);
}

function isWithin(value: string, { min, max }: Length): boolean {
  const length = Array.from(value).length;
  return length >= min && length <= max;
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}
