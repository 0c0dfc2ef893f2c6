import { describe, expect, it } from "vitest";
import { Knowledge } from "./knowledge.ts";

describe("Knowledge", () => {
  it("learns contacts from a list, each once", () => {
    const knowledge = new Knowledge();
    const contact = { id: "a", jid: "15551000001@s.whatsapp.net", name: "Contact 001" };
    knowledge.learn({ contacts: [contact, contact] });
    expect(knowledge.contacts()).toEqual([{ id: "a", jid: "15551000001@s.whatsapp.net" }]);
  });

  it("learns where older messages begin, only when there are any", () => {
    const knowledge = new Knowledge();
    knowledge.learn({ messages: [{ id: "m1", whatsappContactId: "a" }], hasMore: false });
    expect(knowledge.cursors()).toEqual([]);
    knowledge.learn({
      messages: [
        { id: "m1", whatsappContactId: "a" },
        { id: "m2", whatsappContactId: "a" },
      ],
      hasMore: true,
    });
    expect(knowledge.cursors()).toEqual([{ contactId: "a", before: "m1" }]);
  });

  it.each([null, undefined, 7, "text", [], {}, { contacts: null }, { contacts: [{ id: 1 }] }, { messages: [{}], hasMore: true }])(
    "learns nothing from %j",
    (body) => {
      const knowledge = new Knowledge();
      knowledge.learn(body);
      expect([knowledge.contacts(), knowledge.cursors()]).toEqual([[], []]);
    },
  );

  it("is bounded", () => {
    const knowledge = new Knowledge();
    knowledge.learn({ contacts: Array.from({ length: 5_000 }, (_, index) => ({ id: `c${index}`, jid: "j" })) });
    for (let index = 0; index < 1_000; index += 1) knowledge.learn({ messages: [{ id: "m", whatsappContactId: `c${index}` }], hasMore: true });
    expect([knowledge.contacts().length, knowledge.cursors().length]).toEqual([500, 100]);
  });
});
