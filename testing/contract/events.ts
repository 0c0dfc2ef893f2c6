import { expect } from "vitest";
import type { Emission } from "../realtime-recorder.ts";
import { TENANT } from "./ids.ts";
import type { StoredRow } from "./tables.ts";

/** What contract 5.2 says each event looks like, over stored rows. */

export type ExpectedEmission = { readonly channels: readonly string[]; readonly event: string; readonly data: object };

/** An event of a session's channel, with its envelope. */
export const sessionEvent = (event: string, sessionId: string, data: object, tenantId: string = TENANT.alpha): ExpectedEmission => ({
  channels: [`private-whatsapp.${sessionId}`],
  event,
  data: { ...data, sessionId, tenantId, timestamp: expect.toBeRecent() as unknown },
});

type ContactFacts = {
  readonly id: string;
  readonly sessionId: string | null;
  readonly jid: string;
  readonly name: string | null;
  readonly userId: string | null;
  readonly unreadCount: number;
  readonly lastMessageAt: Date | null;
  readonly sessionStatus: string;
  readonly chatbotContactId: string | null;
};

/** The chat list knows a contact by its chatbot contact, when it has one. */
export const contactUpdated = (contact: ContactFacts, values: object = {}): ExpectedEmission =>
  sessionEvent("contact.updated", contact.sessionId ?? "", {
    contactId: contact.chatbotContactId ?? contact.id,
    whatsappContactId: contact.id,
    jid: contact.jid,
    unreadCount: contact.unreadCount,
    lastMessageAt: contact.lastMessageAt?.toISOString() ?? null,
    lastMessagePreview: null,
    name: contact.name,
    userId: contact.userId,
    sessionStatus: contact.sessionStatus,
    ...values,
  });

/** Events by name, in order. */
export const namesOf = (emissions: readonly Emission[]): string[] => emissions.map(({ event }) => event);

/** A column's instant as the wire has it. */
export const wireDate = (row: StoredRow | undefined, column: string): string => `${String(row?.[column])}Z`;
