import { z } from "zod";
import { parseDuration } from "../../lib/duration.ts";
import { DRIFT_KINDS } from "../core/types.ts";

/** Query parameters and bodies of the ops API. */

const MAX_LIMIT = 500;

export const summaryQuery = z.object({
  since: z
    .string()
    .default("24h")
    .transform((text, context) => {
      const durationMs = parseDuration(text);
      if (durationMs !== undefined) return durationMs;
      context.addIssue({ code: "custom", message: `since: expected a duration like 24h or 30m, got "${text}"` });
      return z.NEVER;
    }),
});

const states = ["open", "accepted", "fixed", "regressed"] as const;

const limit = z.coerce
  .number({ error: "limit: expected a number" })
  .int("limit: expected a whole number")
  .min(1, "limit: expected 1 to 500")
  .max(MAX_LIMIT, "limit: expected 1 to 500")
  .default(100);

export const limitQuery = z.object({ limit });

export const driftsQuery = z.object({
  state: z.enum(states, { error: (issue) => `state: expected ${states.join(", ")}, got "${String(issue.input)}"` }).optional(),
  endpoint: z.string().optional(),
  kind: z.enum(DRIFT_KINDS, { error: (issue) => `kind: not a kind of drift: "${String(issue.input)}"` }).optional(),
  limit,
  cursor: z.string().optional(),
});

export const stateBody = z.strictObject({
  state: z.enum(["accepted", "open", "fixed"], { error: "state: expected accepted, open or fixed" }),
  reason: z
    .string({ error: "reason: expected a text" })
    .trim()
    .min(1, "reason: expected a text")
    .max(1_000, "reason: expected at most 1000 characters"),
  expires: z.iso.datetime({ offset: true, error: "expires: expected an ISO date and time" }).optional(),
});

/** An empty value counts as absent, the first of several counts. */
export function readQuery<Schema extends z.ZodType>(schema: Schema, query: unknown): z.infer<Schema> {
  const given = Object.entries(query as Record<string, string | string[]>).map(([name, value]) => [name, [value].flat()[0]] as const);
  return parse(schema, Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== "")));
}

export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadRequest(parsed.error.issues[0]?.message ?? "invalid");
}

/** The caller's fault; its message goes to the caller. */
export class BadRequest extends Error {}
