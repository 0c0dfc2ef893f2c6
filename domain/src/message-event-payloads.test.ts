import { array, assert, constantFrom, nat, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Emission } from "./emission.ts";
import { EVENTS } from "./events.ts";
import {
  contactCreated,
  contactUpdated,
  groupParticipants,
  groupUpdated,
  mediaProcessed,
  messageDeleted,
  messageEdited,
  messageQueued,
  messageReacted,
  messageReceived,
  messageSent,
  messageStatusChanged,
  type ContactFact,
  type MessageFact,
} from "./message-event-payloads.ts";

const JID = "15550100001@s.whatsapp.net";
const AT = "2026-03-04T05:06:07.089Z";
const MESSAGE: MessageFact = {
  tenantId: "t1",
  sessionId: "s1",
  id: "m1",
  messageId: "3EB0AA",
  remoteJid: JID,
  fromMe: true,
  content: "Hello",
  messageType: "TEXT",
  contact: { id: "k1", chatbotContactId: "b1", name: "Ann" },
};
const CONTACT: ContactFact = {
  tenantId: "t1",
  sessionId: "s1",
  id: "k1",
  chatbotContactId: null,
  jid: JID,
  phoneNumber: "15550100001",
  isGroup: false,
  name: "Ann",
  unreadCount: 1,
  lastMessageAt: AT,
  newestMessage: { content: "a\n\t b", messageType: "TEXT" },
  userId: null,
  sessionStatus: "OPEN",
};
const GROUP = { tenantId: "t1", sessionId: "s1", jid: "1@g.us", id: "g1", chatbotContactId: null, name: "Group" };
const bytesOf = (emission: Emission) => Buffer.byteLength(JSON.stringify({ ...emission.data, timestamp: 1_700_000_000_000 }));

function expectValid(emission: Emission | undefined): void {
  if (emission === undefined) throw new Error("nothing was emitted");
  const payload = { ...emission.data, timestamp: 1 };
  expect(JSON.stringify(EVENTS[emission.event].parse(payload))).toBe(JSON.stringify(payload));
}

describe("every event of messages, media and contacts", () => {
  it.each<[string, Emission | undefined]>([
    ["message.queued", messageQueued(MESSAGE, "u1")],
    ["message.sent", messageSent(MESSAGE)],
    ["message.received", messageReceived({ ...MESSAGE, contact: null, content: null, messageType: "AUDIO" })],
    ["message.status", messageStatusChanged(MESSAGE, { status: "DELIVERED", deliveredAt: AT })],
    ["message.reaction", messageReacted(MESSAGE, JID, null)],
    ["message.edited", messageEdited(MESSAGE, "new", AT)],
    ["message.deleted", messageDeleted(MESSAGE, AT)],
    [
      "media.processed",
      mediaProcessed({
        tenantId: "t1",
        sessionId: "s1",
        id: "m1",
        messageId: "3EB0AA",
        remoteJid: JID,
        state: "STORED",
        mediaUrl: "/x",
        mediaMimeType: "image/png",
        mediaSize: 1,
      }),
    ],
    ["contact.created", contactCreated(CONTACT)],
    ["contact.updated", contactUpdated(undefined, CONTACT)],
    ["group.updated", groupUpdated(GROUP, 3)],
    ["group.participants", groupParticipants(GROUP, "add", ["2@lid", "1@lid"])],
  ])("%s is what its schema says, keys in its order", (event, emission) => {
    expect(emission).toMatchObject({ event, channel: "private-whatsapp.s1", tenantId: "t1" });
    expectValid(emission);
  });
});

describe("the contact of an event", () => {
  it("is the chatbot contact when linked, beside the contact itself", () => {
    expect(messageReceived(MESSAGE).data).toMatchObject({ contactId: "b1", whatsappContactId: "k1", contactName: "Ann" });
    expect(messageReceived({ ...MESSAGE, contact: null }).data).toMatchObject({ contactId: null, whatsappContactId: null, contactName: null });
  });
});

describe("message.status", () => {
  it.each([
    [{ status: "DELIVERED", deliveredAt: AT }, ["deliveredAt"]],
    [{ status: "READ", readAt: AT }, ["readAt"]],
    [{ status: "FAILED", errorMessage: "e".repeat(301) }, ["errorMessage"]],
  ] as const)("%j has exactly its own stamp", (risen, stamps) => {
    const { data } = messageStatusChanged(MESSAGE, risen);
    expect(["deliveredAt", "readAt", "errorMessage"].filter((key) => key in data)).toEqual(stamps);
  });
});

describe("content", () => {
  it("is cut at 1,500 code points, never inside of one", () => {
    expect(messageSent({ ...MESSAGE, content: "😀".repeat(1_500) }).data).toMatchObject({ content: "😀".repeat(1_500), contentTruncated: false });
    expect(messageSent({ ...MESSAGE, content: "😀".repeat(1_501) }).data).toMatchObject({ content: "😀".repeat(1_500), contentTruncated: true });
  });

  it("goes when the event is still too large", () => {
    const emission = messageSent({ ...MESSAGE, content: "\u0001".repeat(1_500), remoteJid: "j".repeat(2_000) });
    expect(emission.data).toMatchObject({ content: null, contentTruncated: true });
    expect(bytesOf(emission)).toBeLessThanOrEqual(10_240);
  });

  it("never makes an event larger than a broker takes", () => {
    const parts = array(tuple(constantFrom("a", "é", "€", "😀", '"', "\u0001", "\ud800", "\n"), nat(1_500)), { maxLength: 6 });
    const isSmall = (list: (readonly [string, number])[]) => {
      const content = list.map(([character, times]) => character.repeat(times)).join("");
      return bytesOf(messageReceived({ ...MESSAGE, content })) <= 10_240;
    };
    expect(() => assert(property(parts, isSmall))).not.toThrow();
  });
});

describe("contact.updated", () => {
  it.each<[string, Partial<ContactFact>, boolean]>([
    ["nothing", {}, false],
    ["the session", { sessionId: "s2" }, false],
    ["the phone number", { phoneNumber: null }, false],
    ["the name beyond 120 code points", { name: "Ann" }, false],
    ["the counter", { unreadCount: 2 }, true],
    ["the owner", { userId: "u1" }, true],
    ["the chatbot contact", { chatbotContactId: "b1" }, true],
    ["the newest message", { newestMessage: { content: null, messageType: "IMAGE" } }, true],
    ["the conversation", { sessionStatus: "CLOSED" }, true],
  ])("of a change of %s: %s", (_name, change, isTold) => {
    expect(contactUpdated(CONTACT, { ...CONTACT, ...change }) !== undefined).toBe(isTold);
  });

  it("has no channel without a session", () => {
    expect(contactUpdated(undefined, { ...CONTACT, sessionId: null })).toBeUndefined();
    expect(contactCreated({ ...CONTACT, sessionId: null })).toBeUndefined();
  });

  it.each([
    [{ content: "a\n\t b", messageType: "TEXT" }, "a b"],
    [{ content: "x".repeat(101), messageType: "TEXT" }, "x".repeat(100)],
    [{ content: null, messageType: "IMAGE" }, "[IMAGE]"],
    [undefined, null],
  ] as const)("previews %j", (newestMessage, preview) => {
    expect(contactUpdated(undefined, { ...CONTACT, newestMessage })?.data).toMatchObject({ lastMessagePreview: preview });
  });
});

it("group.participants names a hundred at most, sorted", () => {
  const participants = Array.from({ length: 150 }, (_, index) => `${1_000 + (149 - index)}@lid`);
  const { data } = groupParticipants(GROUP, "remove", participants);
  expect(data).toMatchObject({ participants: Array.from({ length: 100 }, (_, index) => `${1_000 + index}@lid`) });
});
