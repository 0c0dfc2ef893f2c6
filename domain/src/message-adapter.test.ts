import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adaptMessage, type InboundMessage } from "./message-adapter.ts";
import { messageMetadata } from "./message-metadata.ts";
import type { MessageContent, WhatsappMessage } from "./whatsapp-message.ts";

const CHAT = "15550100001@s.whatsapp.net";
const GROUP = "12036300000000001@g.us";
const OWN = "15550100099@s.whatsapp.net";
const CONTEXT = { source: "live", ownJid: "15550100099:7@s.whatsapp.net" } as const;

function incoming(message: MessageContent | null, over: Partial<WhatsappMessage> = {}): WhatsappMessage {
  return { key: { remoteJid: CHAT, fromMe: false, id: "A1" }, messageTimestamp: 1_767_225_600, pushName: "Alice", message, ...over };
}

function read(message: MessageContent, over: Partial<WhatsappMessage> = {}): InboundMessage {
  const adapted = adaptMessage(incoming(message, over), CONTEXT);
  if (adapted.kind !== "message") throw new Error(`expected a message, got ${JSON.stringify(adapted)}`);
  return adapted.message;
}

describe("the content of a message", () => {
  const contextInfo = { stanzaId: "Q1" };
  const vcard = "BEGIN:VCARD\nFN:Bob\nitem1.TEL;type=CELL;waid=15550100002:+1 555 010-0002\nTEL:+1 555\n  010 0003\nEND:VCARD";
  it.each<[string, MessageContent, Partial<InboundMessage>]>([
    ["plain text", { conversation: "hello" }, { messageType: "TEXT", content: "hello", quotedMessageId: null, media: null }],
    ["text with a quote", { extendedTextMessage: { text: "yes", contextInfo } }, { messageType: "TEXT", content: "yes", quotedMessageId: "Q1" }],
    [
      "an image with a caption",
      { imageMessage: { mimetype: "image/jpeg", fileLength: 2048, caption: "look", width: 10, height: 20, contextInfo } },
      {
        messageType: "IMAGE",
        content: "look",
        quotedMessageId: "Q1",
        media: { mimeType: "image/jpeg", size: 2048, fileName: null },
        metadata: { pushName: "Alice", width: 10, height: 20 },
      },
    ],
    ["an image without a caption", { imageMessage: { mimetype: "image/png" } }, { messageType: "IMAGE", content: null }],
    ["a video", { videoMessage: { mimetype: "video/mp4", caption: "clip", seconds: 9 } }, { messageType: "VIDEO", content: "clip" }],
    ["a video note", { ptvMessage: { mimetype: "video/mp4", seconds: 3 } }, { messageType: "VIDEO", content: null }],
    [
      "a voice message",
      { audioMessage: { mimetype: "audio/ogg; codecs=opus", seconds: 4, fileLength: "900" } },
      {
        messageType: "AUDIO",
        content: null,
        media: { mimeType: "audio/ogg", size: 900, fileName: null },
        metadata: { pushName: "Alice", seconds: 4 },
      },
    ],
    ["a sticker", { stickerMessage: { mimetype: "image/webp" } }, { messageType: "STICKER", content: null }],
    [
      "a document",
      { documentMessage: { mimetype: "application/pdf", fileName: "../a/bill.pdf", caption: "the bill", fileLength: { low: 5, high: 0 } } },
      {
        messageType: "DOCUMENT",
        content: "the bill",
        media: { mimeType: "application/pdf", size: 5, fileName: "bill.pdf" },
        metadata: { pushName: "Alice", fileName: "bill.pdf" },
      },
    ],
    [
      "a named place",
      { locationMessage: { degreesLatitude: 1.5, degreesLongitude: -2, name: "Cafe", address: "Road 1" } },
      {
        messageType: "LOCATION",
        content: "Cafe",
        metadata: { pushName: "Alice", location: { latitude: 1.5, longitude: -2, name: "Cafe", address: "Road 1" } },
      },
    ],
    ["a place with an address only", { locationMessage: { name: "", address: "Road 1" } }, { messageType: "LOCATION", content: "Road 1" }],
    ["a live location", { liveLocationMessage: { degreesLatitude: 0, degreesLongitude: 0 } }, { messageType: "LOCATION", content: null }],
    [
      "a contact card",
      { contactMessage: { displayName: "Bob", vcard } },
      {
        messageType: "CONTACT",
        content: "Bob",
        metadata: { pushName: "Alice", contacts: [{ displayName: "Bob", phones: ["15550100002", "15550100003"] }] },
      },
    ],
    [
      "several contact cards",
      { contactsArrayMessage: { contacts: [{ displayName: "Bob" }, { displayName: "Carol" }] } },
      { messageType: "CONTACT", content: "Bob, Carol" },
    ],
    [
      "a poll",
      { pollCreationMessageV3: { name: "Lunch?", options: [{ optionName: "yes" }, { optionName: "no" }] } },
      { messageType: "TEXT", content: "Lunch?", metadata: { pushName: "Alice", poll: { question: "Lunch?", options: ["yes", "no"] } } },
    ],
    ["buttons", { buttonsMessage: { contentText: "choose" } }, { messageType: "BUTTONS", content: "choose" }],
    [
      "a chosen button",
      { buttonsResponseMessage: { selectedDisplayText: "One", selectedButtonId: "b1" } },
      { messageType: "BUTTONS", content: "One", metadata: { pushName: "Alice", selectedId: "b1" } },
    ],
    ["a template", { templateMessage: { hydratedTemplate: { hydratedContentText: "welcome" } } }, { messageType: "BUTTONS", content: "welcome" }],
    [
      "a chosen template button",
      { templateButtonReplyMessage: { selectedDisplayText: "Go", selectedId: "t1" } },
      { messageType: "BUTTONS", content: "Go", metadata: { pushName: "Alice", selectedId: "t1" } },
    ],
    ["an interactive message", { interactiveMessage: { body: { text: "pick" } } }, { messageType: "BUTTONS", content: "pick" }],
    [
      "an interactive answer",
      { interactiveResponseMessage: { body: { text: "Two" }, nativeFlowResponseMessage: { paramsJson: '{"id":"n2"}' } } },
      { messageType: "BUTTONS", content: "Two", metadata: { pushName: "Alice", selectedId: "n2" } },
    ],
    ["a list", { listMessage: { title: "Menu", description: "our menu" } }, { messageType: "LIST", content: "our menu" }],
    [
      "a chosen row",
      { listResponseMessage: { title: "Soup", singleSelectReply: { selectedRowId: "r1" } } },
      { messageType: "LIST", content: "Soup", metadata: { pushName: "Alice", selectedId: "r1" } },
    ],
    [
      "an unknown kind",
      { productMessage: { product: {} } } as MessageContent,
      { messageType: "TEXT", content: null, metadata: { pushName: "Alice", unsupported: "productMessage" } },
    ],
  ])("of %s", (_name, content, expected) => {
    const message = read(content);
    expect(message).toMatchObject(expected);
    expect(message.metadata).toEqual(expected.metadata ?? message.metadata);
  });

  it("is never an empty string", () => {
    expect(read({ extendedTextMessage: { text: "" } }).content).toBeNull();
    expect(read({ imageMessage: { caption: "" } }).content).toBeNull();
    expect(read({ extendedTextMessage: { text: "\0" } }).content).toBeNull();
  });

  it("is text that a column can hold", () => {
    expect(read({ conversation: "a\0b\u{D800}c 😀" }).content).toBe("ab\u{FFFD}c 😀");
  });

  it("is not hidden by a media type nobody can read", () => {
    expect(read({ imageMessage: { mimetype: "../../etc", fileLength: -1 } }).media).toEqual({
      mimeType: "application/octet-stream",
      size: null,
      fileName: null,
    });
  });
});

describe("wrappers", () => {
  const inner: MessageContent = { conversation: "inside" };
  it.each<[string, MessageContent]>([
    ["ephemeral", { ephemeralMessage: { message: inner } }],
    ["view once", { viewOnceMessageV2: { message: inner } }],
    ["view once in ephemeral", { ephemeralMessage: { message: { viewOnceMessage: { message: inner } } } }],
    ["document with caption", { documentWithCaptionMessage: { message: inner } }],
    ["sent from another device", { deviceSentMessage: { message: inner } }],
    ["edited", { editedMessage: { message: inner } }],
  ])("%s are taken off", (_name, content) => {
    expect(read(content).content).toBe("inside");
  });

  it("without anything inside are no message", () => {
    expect(adaptMessage(incoming({ viewOnceMessageV2: {} }), CONTEXT)).toEqual({ kind: "ignored", reason: "empty" });
  });

  it("nested without end are no message", () => {
    const nested = Array.from({ length: 50 }).reduce<MessageContent>((content) => ({ ephemeralMessage: { message: content } }), inner);
    expect(adaptMessage(incoming(nested), CONTEXT)).toEqual({ kind: "ignored", reason: "empty" });
  });
});

describe("the envelope", () => {
  it("holds both addresses, normalised", () => {
    const key = { remoteJid: "777000111222333@lid", remoteJidAlt: "15550100001:2@c.us", fromMe: false, id: "A1" };
    expect(read({ conversation: "x" }, { key })).toMatchObject({ remoteJid: "777000111222333@lid", remoteJidAlt: CHAT, participant: null });
  });

  it("names the sender inside a group", () => {
    const key = { remoteJid: GROUP, participant: "15550100002:1@s.whatsapp.net", participantAlt: "888@lid", id: "A1" };
    const message = read({ conversation: "x" }, { key });
    expect(message).toMatchObject({ remoteJid: GROUP, participant: "15550100002@s.whatsapp.net", participantAlt: "888@lid", fromMe: false });
    expect(message.metadata).toEqual({ pushName: "Alice", participant: "15550100002@s.whatsapp.net" });
  });

  it("has a status and no push name for own messages only", () => {
    const key = { remoteJid: CHAT, fromMe: true, id: "A1" };
    expect(read({ conversation: "x" }, { key, status: 3 })).toMatchObject({ fromMe: true, status: "DELIVERED", pushName: null, metadata: {} });
    expect(read({ conversation: "x" }, { key, status: 5 }).status).toBe("READ");
    expect(read({ conversation: "x" }, { key, status: 0 }).status).toBe("FAILED");
    expect(read({ conversation: "x" }, { key }).status).toBeNull();
    expect(read({ conversation: "x" }, { status: 3 })).toMatchObject({ status: null, pushName: "Alice" });
  });

  it.each([1_767_225_600, "1767225600", { low: 1_767_225_600, high: 0 }, { toNumber: () => 1_767_225_600 }])(
    "reads the time %j",
    (messageTimestamp) => {
      expect(read({ conversation: "x" }, { messageTimestamp }).timestamp).toBe("2026-01-01T00:00:00.000Z");
    },
  );

  it("keeps mentions and forwarding", () => {
    const contextInfo = { mentionedJid: ["15550100002:3@s.whatsapp.net", "15550100002@c.us", "junk"], isForwarded: true };
    expect(read({ extendedTextMessage: { text: "x", contextInfo } }).metadata).toEqual({
      pushName: "Alice",
      mentions: ["15550100002@s.whatsapp.net"],
      forwarded: true,
    });
  });

  it("keeps metadata within 16 KiB", () => {
    const mentionedJid = Array.from({ length: 1_000 }, (_, index) => `1555${String(index).padStart(7, "0")}@s.whatsapp.net`);
    const { metadata } = read({ extendedTextMessage: { text: "x", contextInfo: { mentionedJid, isForwarded: true } } });
    expect(metadata).toEqual({ pushName: "Alice", forwarded: true });
  });
});

describe("what is not a message", () => {
  const target = { remoteJid: CHAT, id: "T1" };

  it("is a reaction", () => {
    const content: MessageContent = { reactionMessage: { key: target, text: "👍", senderTimestampMs: 1_767_225_601_500 } };
    expect(adaptMessage(incoming(content), CONTEXT)).toEqual({
      kind: "change",
      change: { messageId: "T1", remoteJid: CHAT, actorJid: CHAT, at: "2026-01-01T00:00:01.500Z", kind: "reaction", emoji: "👍" },
    });
  });

  it("is a reaction taken back, by ourselves", () => {
    const key = { remoteJid: CHAT, fromMe: true, id: "A1" };
    expect(adaptMessage(incoming({ reactionMessage: { key: target, text: "" } }, { key }), CONTEXT)).toEqual({
      kind: "change",
      change: { messageId: "T1", remoteJid: CHAT, actorJid: OWN, at: "2026-01-01T00:00:00.000Z", kind: "reaction", emoji: null },
    });
  });

  it("is an edit, also inside its wrapper", () => {
    const protocolMessage = { key: target, type: 14, editedMessage: { conversation: "better" }, timestampMs: "1767225602000" };
    const expected = { messageId: "T1", remoteJid: CHAT, actorJid: CHAT, at: "2026-01-01T00:00:02.000Z", kind: "edit", content: "better" };
    expect(adaptMessage(incoming({ protocolMessage }), CONTEXT)).toEqual({ kind: "change", change: expected });
    expect(adaptMessage(incoming({ editedMessage: { message: { protocolMessage } } }), CONTEXT)).toEqual({ kind: "change", change: expected });
  });

  it("is a deletion for everyone, in a group by its sender", () => {
    const key = { remoteJid: GROUP, participant: "15550100002@s.whatsapp.net", id: "A1" };
    expect(adaptMessage(incoming({ protocolMessage: { key: { ...target, remoteJid: GROUP }, type: 0 } }, { key }), CONTEXT)).toMatchObject({
      kind: "change",
      change: { messageId: "T1", remoteJid: GROUP, actorJid: "15550100002@s.whatsapp.net", kind: "delete" },
    });
  });

  it.each<[string, WhatsappMessage, string]>([
    ["a status broadcast", incoming({ conversation: "x" }, { key: { remoteJid: "status@broadcast", id: "A1" } }), "broadcast"],
    ["a newsletter", incoming({ conversation: "x" }, { key: { remoteJid: "120363000000000000@newsletter", id: "A1" } }), "newsletter"],
    ["an address we do not know", incoming({ conversation: "x" }, { key: { remoteJid: "15550100001@bot", id: "A1" } }), "address"],
    ["a message without a key", { message: { conversation: "x" }, messageTimestamp: 1 }, "address"],
    ["a message without an id", incoming({ conversation: "x" }, { key: { remoteJid: CHAT } }), "identity"],
    ["a message without a time", incoming({ conversation: "x" }, { messageTimestamp: null }), "timestamp"],
    ["a stub without content", incoming(null), "empty"],
    ["a history notification", incoming({ protocolMessage: { type: 5 } }), "protocol"],
    ["an edit without a target", incoming({ protocolMessage: { type: 14, editedMessage: { conversation: "x" } } }), "protocol"],
    ["a reaction in a group by nobody", incoming({ reactionMessage: { key: target } }, { key: { remoteJid: GROUP, id: "A1" } }), "protocol"],
    ["a poll vote", incoming({ pollUpdateMessage: { vote: {} } } as MessageContent), "protocol"],
    ["a group's key distribution", incoming({ senderKeyDistributionMessage: { groupId: GROUP } } as MessageContent), "protocol"],
  ])("is %s", (_name, message, reason) => {
    expect(adaptMessage(message, CONTEXT)).toEqual({ kind: "ignored", reason });
  });
});

describe("whatever arrives", () => {
  const text = fc.option(fc.oneof(fc.string(), fc.string({ unit: "binary" })));
  const content = fc.record<MessageContent>(
    {
      conversation: text,
      extendedTextMessage: fc.record({ text }),
      imageMessage: fc.record({ caption: text, mimetype: text, fileLength: fc.double(), seconds: fc.double() }),
      documentMessage: fc.record({ fileName: text, title: text, caption: text }),
      contactMessage: fc.record({ displayName: text, vcard: text }),
      locationMessage: fc.record({ name: text, address: text, degreesLatitude: fc.float({ noNaN: true }) }),
      interactiveResponseMessage: fc.record({ nativeFlowResponseMessage: fc.record({ paramsJson: fc.option(fc.json()) }) }),
      protocolMessage: fc.record({ type: fc.integer({ min: 0, max: 30 }), key: fc.record({ id: text }), timestampMs: fc.double() }),
    },
    { requiredKeys: [] },
  );

  it("the adapter answers, and its messages keep the contract", () => {
    fc.assert(
      fc.property(content, fc.double(), (message, messageTimestamp) => {
        const adapted = adaptMessage(incoming(message, { messageTimestamp }), CONTEXT);
        if (adapted.kind !== "message") return;
        expect(adapted.message.content).not.toBe("");
        expect(adapted.message.content ?? "").not.toMatch(/\0|\p{Surrogate}/u);
        expect(messageMetadata.partial().strict().safeParse(adapted.message.metadata).success).toBe(true);
      }),
    );
  });
});
