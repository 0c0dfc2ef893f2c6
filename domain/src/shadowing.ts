import { z } from "zod";
import { messageType } from "./enums.ts";
import { INVALID, optional, REQUIRED, requiredEnum } from "./fields.ts";
import { date, freeObject } from "./values.ts";

/** The shadowing API (contract 4.4): what the proxy asks Nest, and what it is told. */

const missingOrInvalid = (issue: { readonly input?: unknown }): string => (issue.input === undefined || issue.input === null ? REQUIRED : INVALID);

/** A broker takes at most 100 channels a trigger. */
const MAX_CHANNELS = 100;

/** An emission of the legacy app as it was captured, `data` decoded. */
export const capturedEmission = z.object({
  channels: z
    .array(z.string({ error: INVALID }), { error: missingOrInvalid })
    .min(1, INVALID)
    .max(MAX_CHANNELS, INVALID),
  event: z.string({ error: missingOrInvalid }).min(1, REQUIRED),
  data: z.record(z.string(), z.unknown(), { error: missingOrInvalid }),
  /** Epoch milliseconds. */
  emittedAt: z.int({ error: missingOrInvalid }).min(0, INVALID),
});
export type CapturedEmission = z.infer<typeof capturedEmission>;

/**
 * derived · unknown-event · fact-not-found: the rows do not hold what was told · not-derivable: they cannot hold it, or no longer.
 */
export const derivationOutcome = z.enum(["derived", "unknown-event", "fact-not-found", "not-derivable"]);

export const derivationReply = z.object({
  success: z.literal(true),
  outcome: derivationOutcome,
  emission: z.object({ channels: z.array(z.string()), event: z.string(), data: freeObject }).nullable(),
  /** The newest change the answer is based on: later than `emittedAt` means raced. */
  asOf: date.nullable(),
});
export type DerivationReply = z.infer<typeof derivationReply>;

const file = z.object({
  name: z.string({ error: missingOrInvalid }),
  mimeType: z.string({ error: missingOrInvalid }),
  size: z.int({ error: missingOrInvalid }).min(0, INVALID),
  sha256: z.string({ error: missingOrInvalid }).regex(/^[0-9a-f]{64}$/, INVALID),
});

/** A send as the legacy app got it. */
export const shadowedSend = z.object({
  endpoint: requiredEnum(["sends.text", "sends.media"]),
  body: z.record(z.string(), z.unknown(), { error: missingOrInvalid }),
  idempotencyKey: optional(z.string({ error: INVALID })),
  file: optional(file),
});
export type ShadowedSend = z.infer<typeof shadowedSend>;

export const dryRunReply = z.object({
  success: z.literal(true),
  /** What a real call would be answered; in `body.message` null stands for what only a written row has. */
  verdict: z.object({ status: z.int(), body: freeObject }),
  /** The outbox row a real call would make; null when it would make none. */
  wouldEnqueue: z
    .object({
      sessionId: z.string(),
      chatJid: z.string(),
      kind: z.enum(["text", "media"]),
      messageType,
      content: z.string().nullable(),
      messageId: z.string().nullable(),
      payloadHash: z.string(),
    })
    .nullable(),
});
export type DryRunReply = z.infer<typeof dryRunReply>;
