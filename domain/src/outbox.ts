import { z } from "zod";
import { messageType } from "./enums.ts";

/** What the outbox holds for the worker (contract 6.5): everything it needs to send, besides the ids in the row's columns. */

const addressed = {
  /** Who writes, when the text should say so. */
  senderName: z.string().nullable(),
  /** WhatsApp's id of the message this one answers. */
  quotedMessageId: z.string().nullable(),
};

export const outboxText = z.object({ content: z.string(), ...addressed });
export type OutboxText = z.infer<typeof outboxText>;

export const outboxMedia = z.object({
  messageType,
  /** The caption. */
  content: z.string().nullable(),
  /** Below MEDIA_DIR. */
  storageKey: z.string(),
  sha256: z.string(),
  mimeType: z.string(),
  size: z.int(),
  fileName: z.string(),
  ...addressed,
});
export type OutboxMedia = z.infer<typeof outboxMedia>;
