import { z } from "zod";
import { actorId, INVALID, optional, requiredEnum, requiredReference, requiredText, trimmedText } from "./fields.ts";
import { parseRecipient } from "./jid.ts";

/** Bodies and path parameters of the conversation endpoints (contract 3.5). */

export const markReadBody = z.object({ contactId: requiredReference });
export type MarkReadBody = z.infer<typeof markReadBody>;

export const openBody = z.object({ userId: actorId });
export type OpenBody = z.infer<typeof openBody>;

const MAX_JID_LENGTH = 128;
const MAX_ANNOTATION_LENGTH = 4_096;
const MAX_INTERACTION_TYPE_LENGTH = 64;

export const closeBody = z.object({
  annotation: optional(trimmedText({ min: 0, max: MAX_ANNOTATION_LENGTH })),
  interactionType: optional(trimmedText({ min: 1, max: MAX_INTERACTION_TYPE_LENGTH })),
  needsFollowUp: optional(z.boolean({ error: INVALID })),
  followUpDate: optional(day()),
  userId: actorId,
});
export type CloseBody = z.infer<typeof closeBody>;

export const delegateBody = z.object({
  messageId: requiredReference,
  jid: requiredRecipient(),
  action: requiredEnum(["delegate-to-flowbot", "take-control"]),
});
export type DelegateBody = z.infer<typeof delegateBody>;

/** A JID or a phone number, as its address. */
export function requiredRecipient() {
  return requiredText({ min: 1, max: MAX_JID_LENGTH }).transform((text, context) => {
    const address = parseRecipient(text);
    if (address !== undefined) return address;
    context.addIssue({ code: "custom", message: INVALID });
    return z.NEVER;
  });
}

/** An ISO date, at midnight UTC, or a date-time with its offset; the year 0 is none that the database knows. */
function day() {
  const forms = [z.iso.date(), z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })]; // the last: to the minute
  const isDay = (text: string) => forms.some((form) => form.safeParse(text).success);
  return z
    .string({ error: INVALID })
    .refine((text) => isDay(text) && new Date(text).getUTCFullYear() >= 1, INVALID)
    .transform((text) => new Date(text));
}
