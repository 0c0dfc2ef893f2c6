import { z } from "zod";
import { requiredRecipient } from "./conversation-requests.ts";
import { INVALID, optional, plainText, reference, requiredReference, requiredText, trimmedText } from "./fields.ts";

/** Bodies of the sends (contract 3.6). `toJid` becomes the address it stands for. */

const MAX_TEXT_LENGTH = 65_536;
const MAX_CAPTION_LENGTH = 1_024;
const MAX_SENDER_NAME_LENGTH = 120;

const senderName = trimmedText({ min: 1, max: MAX_SENDER_NAME_LENGTH });

export const sendTextBody = z.object({
  sessionId: requiredReference,
  toJid: requiredRecipient(),
  content: requiredText({ min: 1, max: MAX_TEXT_LENGTH }),
  senderName: optional(senderName),
  quotedMessageId: optional(reference),
});
export type SendTextBody = z.infer<typeof sendTextBody>;

/** The file itself is checked beside: exactly one, not empty. */
export const sendMediaFields = z.object({
  sessionId: requiredReference,
  toJid: requiredRecipient(),
  senderName: formField(senderName),
  quotedMessageId: formField(reference),
  content: formField(plainText({ min: 1, max: MAX_CAPTION_LENGTH })),
  asSticker: formFlag(),
  asDocument: formFlag(),
});
export type SendMediaFields = z.infer<typeof sendMediaFields>;

/** A form has no null: an empty part is an absent one. */
function formField<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === "" ? undefined : value), optional(schema));
}

function formFlag() {
  return formField(z.enum(["true", "false"], { error: INVALID })).transform((value) => value === "true");
}
