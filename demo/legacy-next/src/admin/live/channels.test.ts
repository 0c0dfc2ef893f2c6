import { describe, expect, it } from "vitest";
import { isMessageEventOf } from "./channels.ts";

const contact = { id: "w1", chatbotContactId: "c1" };
const about = (event: string, data: Record<string, unknown>): boolean => isMessageEventOf(contact, { channel: "private-whatsapp.s1", event, data });

describe("isMessageEventOf", () => {
  it("knows a linked contact by either id", () => {
    expect(about("message.received", { contactId: "c1", whatsappContactId: "w1" })).toBe(true);
    expect(about("message.status", { contactId: "w1", whatsappContactId: null })).toBe(true);
  });

  it("leaves other conversations and other news alone", () => {
    expect(about("message.received", { contactId: "c2", whatsappContactId: "w2" })).toBe(false);
    expect(about("contact.updated", { contactId: "c1", whatsappContactId: "w1" })).toBe(false);
  });

  it("takes what names nobody for its own", () => {
    expect(about("media.processed", { messageId: "M1" })).toBe(true);
  });
});
