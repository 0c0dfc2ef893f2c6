import { z } from "zod";
import { sessionSummary } from "./message.ts";
import { date } from "./values.ts";

/** `POST contacts/mark-read`. */
export const markedRead = z.object({ success: z.literal(true) }).meta({ id: "MarkedRead" });
export type MarkedRead = z.infer<typeof markedRead>;

/** `GET contacts/:contactId/sessions`: a bare list. */
export const contactSessions = z.array(
  sessionSummary.extend({
    agentName: z.string(),
    transfers: z.array(z.object({ date, from: z.string().nullable(), to: z.string().nullable() })),
  }),
);
export type ContactSessions = z.infer<typeof contactSessions>;

/** `GET …/session/summary-preview`. */
export const summaryPreview = z
  .object({
    summary: z.string(),
    topics: z.array(z.string()),
    interactionType: z.string(),
    sentiment: z.enum(["positive", "negative", "neutral"]),
  })
  .meta({ id: "SummaryPreview" });
