import type { WhatsAppContact } from "../../../generated/prisma/client.ts";
import { database } from "../database.ts";
import type { Transaction } from "../transaction.ts";
import { requireContact } from "./contact-reference.ts";
import { summarize, type PreviewMessage, type SummaryPreview } from "./summary-preview.ts";

const DAY_MS = 86_400_000;
const MAX_MESSAGES = 200;
const CLOSED_WINDOW_DAYS = 7;

type Conversation = Pick<WhatsAppContact, "id" | "sessionStatus" | "sessionStartedAt">;

/** `GET …/session/summary-preview`. */
export async function previewConversation(tenantId: string, reference: string): Promise<SummaryPreview> {
  const id = await requireContact(tenantId, reference);
  const contact = await database().whatsAppContact.findUniqueOrThrow({ where: { id } });
  return summarizeConversation(database(), contact, new Date());
}

/** The preview of a contact's conversation as it stands at `now`. */
export async function summarizeConversation(client: Pick<Transaction, "whatsAppMessage">, contact: Conversation, now: Date): Promise<SummaryPreview> {
  const newest = await client.whatsAppMessage.findMany({
    // A row of an older version may hold an empty text: it says as little as none.
    where: { whatsappContactId: contact.id, content: { not: null }, NOT: { content: "" }, timestamp: { gte: startOf(contact, now), lte: now } },
    select: { fromMe: true, content: true },
    orderBy: [{ timestamp: "desc" }, { id: "desc" }],
    take: MAX_MESSAGES,
  });
  return summarize(newest.toReversed().filter(hasContent));
}

/** From the conversation's start, else a week back; at least a day, so that a conversation just opened has something to tell. */
export function startOf({ sessionStatus, sessionStartedAt }: Omit<Conversation, "id">, now: Date): Date {
  const weekAgo = now.getTime() - CLOSED_WINDOW_DAYS * DAY_MS;
  const start = sessionStatus === "OPEN" && sessionStartedAt !== null ? sessionStartedAt.getTime() : weekAgo;
  return new Date(Math.min(start, now.getTime() - DAY_MS));
}

function hasContent(message: { readonly fromMe: boolean; readonly content: string | null }): message is PreviewMessage {
  return message.content !== null;
}
