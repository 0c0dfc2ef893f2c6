import { z } from "zod";
import { actorId, INVALID, optional, pathId, reference, REQUIRED, requiredEnum, requiredReference, trimmedText } from "./fields.ts";

/** Bodies and paths of the contact and transfer endpoints, fields in the order of the contract's tables. */

export const contactParams = z.object({ contactId: pathId });
export type ContactParams = z.infer<typeof contactParams>;

export const transferParams = z.object({ requestId: pathId });
export type TransferParams = z.infer<typeof transferParams>;

/** Null takes the link away; absent and blank are missing. */
const target = z
  .string({ error: (issue) => (issue.input === undefined ? REQUIRED : INVALID) })
  .refine((id) => id.trim() !== "", REQUIRED)
  .pipe(reference)
  .nullable();

export const linkBody = z.object({ whatsappContactId: requiredReference, targetType: requiredEnum(["user", "chatbot"]), targetId: target });
export type LinkBody = z.infer<typeof linkBody>;

export const assignBody = z.object({ userId: target });
export type AssignBody = z.infer<typeof assignBody>;

export const syncBody = z.object({ sessionId: requiredReference, syncMode: optional(z.enum(["auto"], { error: INVALID })) });
export type SyncBody = z.infer<typeof syncBody>;

const NOTE = { min: 0, max: 1_000 };

export const transferBody = z.object({ userId: actorId, message: optional(trimmedText(NOTE)) });
export type TransferBody = z.infer<typeof transferBody>;

export const decisionBody = z.object({ supervisorId: actorId, notes: optional(trimmedText(NOTE)) });
export type DecisionBody = z.infer<typeof decisionBody>;
