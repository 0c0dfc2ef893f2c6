import { z } from "zod";

const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** A file: its bytes, or only how many there shall be. */
const file = z.object({
  base64: z.base64().optional(),
  size: z.int().min(1).max(MAX_FILE_BYTES).optional(),
  mimetype: z.string().optional(),
  /** Wrapped so that it can be looked at once. */
  isViewOnce: z.boolean().optional(),
});
const id = z.string().min(1);
const choice = z.object({ id, text: z.string() });

/** What a person can write on a phone, one for each kind the protocol has. */
export const contentSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string(), mentions: z.array(z.string()).optional() }),
  file.extend({ kind: z.literal("image"), caption: z.string().optional() }),
  file.extend({ kind: z.literal("video"), caption: z.string().optional(), seconds: z.int().optional() }),
  file.extend({ kind: z.literal("audio"), isVoiceNote: z.boolean().optional(), seconds: z.int().optional() }),
  file.extend({ kind: z.literal("document"), fileName: z.string(), caption: z.string().optional() }),
  file.extend({ kind: z.literal("sticker") }),
  z.object({ kind: z.literal("location"), latitude: z.number(), longitude: z.number(), name: z.string().optional(), address: z.string().optional() }),
  z.object({ kind: z.literal("contacts"), contacts: z.array(z.object({ name: z.string(), phone: z.string() })).min(1) }),
  z.object({ kind: z.literal("buttons"), text: z.string(), buttons: z.array(choice) }),
  z.object({ kind: z.literal("button-answer"), id, text: z.string() }),
  z.object({ kind: z.literal("list"), title: z.string(), text: z.string(), rows: z.array(choice) }),
  z.object({ kind: z.literal("list-answer"), id, text: z.string() }),
  z.object({ kind: z.literal("template-answer"), id, text: z.string() }),
  z.object({ kind: z.literal("poll"), question: z.string(), options: z.array(z.string()).min(2) }),
  z.object({ kind: z.literal("poll-vote"), pollId: id, options: z.array(z.string()) }),
  z.object({ kind: z.literal("reaction"), to: id, emoji: z.string().nullable() }),
  z.object({ kind: z.literal("edit"), of: id, text: z.string() }),
  z.object({ kind: z.literal("delete"), of: id }),
  /** Something no application knows what to do with. */
  z.object({ kind: z.literal("unknown") }),
]);

export type Content = z.infer<typeof contentSchema>;
export type FileContent = Extract<Content, { kind: "image" | "video" | "audio" | "document" | "sticker" }>;
