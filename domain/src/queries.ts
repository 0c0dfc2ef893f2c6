import { z } from "zod";
import { messageStatus } from "./enums.ts";
import { actorId, INVALID, reference, REQUIRED, requiredReference, tenantReference } from "./fields.ts";
import { parseRecipient } from "./jid.ts";

/**
 * Query strings of the read endpoints. Keys are in the order of the contract's tables: the first problem is the error.
 * Input: the first value of each key, empty ones left out (contract 1.1). A message is `required` or `invalid`.
 */

type Range = { readonly fallback: number; readonly min: number; readonly max: number };

/** Not wholly an integer or below `min`: the fallback; above `max`: `max`. Never a problem. */
function whole({ fallback, min, max }: Range) {
  const toNumber = (text: string | undefined): number => {
    if (text === undefined || !/^-?\d+$/.test(text)) return fallback;
    const value = Number(text);
    return value < min ? fallback : Math.min(value, max);
  };
  return z
    .string()
    .optional()
    .transform(toNumber)
    .meta({ override: { type: "integer", default: fallback, minimum: min, maximum: max } });
}

export const noQuery = z.object({});

const ofOneSession = z.object({ sessionId: requiredReference });
export const statusQuery = ofOneSession;
export const configQuery = ofOneSession;
export type StatusQuery = z.infer<typeof statusQuery>;
export type ConfigQuery = z.infer<typeof configQuery>;

export const healthQuery = z.object({ sessionId: reference.optional() });
export type HealthQuery = z.infer<typeof healthQuery>;

export const actorQuery = z.object({ userId: actorId });
export type ActorQuery = z.infer<typeof actorQuery>;

export const pendingQuery = z.object({ tenantId: tenantReference });
export type PendingQuery = z.infer<typeof pendingQuery>;

/** An unknown `timeRange` counts as seven days and is echoed as sent. */
export const analyticsQuery = z.object({ sessionId: requiredReference, timeRange: z.string().default("7d") });
export type AnalyticsQuery = z.infer<typeof analyticsQuery>;

export const contactsQuery = z.object({
  sessionId: reference.optional(),
  limit: whole({ fallback: 5_000, min: 1, max: 5_000 }),
  offset: whole({ fallback: 0, min: 0, max: 1_000_000 }),
});
export type ContactsQuery = z.infer<typeof contactsQuery>;

const recipient = z.string().refine((text) => parseRecipient(text) !== undefined, INVALID);
const selection = {
  sessionId: reference.optional(),
  status: z.enum([...messageStatus.options, "all"], { error: INVALID }).default("all"),
  limit: whole({ fallback: 100, min: 1, max: 500 }),
  before: reference.optional().meta({ description: "A message's row id: only messages ordered before it." }),
};

/** The parameters themselves, for the API's description. */
export const messagesParameters = z.object({ contactId: reference.optional(), jid: recipient.optional(), ...selection });
export const threadParameters = z.object({ contactId: requiredReference, jid: recipient.optional(), ...selection });

/** `jid` is read, and checked, only when there is no `contactId`. */
export const messagesQuery = z.preprocess(withoutUnreadJid, messagesParameters);
export const threadQuery = z.preprocess(withoutUnreadJid, threadParameters);
export type MessagesQuery = z.infer<typeof messagesQuery>;

function withoutUnreadJid(query: unknown): unknown {
  if (typeof query !== "object" || query === null || !("contactId" in query) || query.contactId === undefined) return query;
  return { ...query, jid: undefined };
}

/** What is wrong with a query or body, as the contract says it: `X is required` or `X is invalid`, one per field, in order. */
export function problemsOf(error: z.ZodError): string[] {
  const byField = new Map<string, string>();
  for (const issue of error.issues) {
    const field = issue.path.join(".");
    if (!byField.has(field)) byField.set(field, `${field} is ${issue.message === REQUIRED ? REQUIRED : INVALID}`);
  }
  return [...byField.values()];
}
