import { proto, type WAMessage } from "@whiskeysockets/baileys";
import { changeItem, messageItem } from "@ipnuo/domain/ingest";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMessage, toRuns, type MessageReport, type Reading } from "./read-message.ts";

const CHAT = "15550100001@s.whatsapp.net";
const LID = "200000000001@lid";
const GROUP = "12036300000000001@g.us";
const OWN = "15550100099@s.whatsapp.net";
const CONTEXT = { source: "live", ownJid: "15550100099:7@s.whatsapp.net" } as const;
const SECONDS = 1_767_225_600;

/** As it arrives: encoded by one phone, decoded by the client library. */
function arrived(message: proto.IMessage, key: WAMessage["key"] = {}): WAMessage {
  const content = proto.Message.decode(proto.Message.encode(proto.Message.fromObject(message)).finish());
  return { key: { remoteJid: CHAT, fromMe: false, id: "A1", ...key }, messageTimestamp: SECONDS, pushName: "Alice", message: content };
}

function read(message: proto.IMessage, key: WAMessage["key"] = {}): MessageReport {
  const reading = readMessage(arrived(message, key), CONTEXT);
  if (reading.kind !== "message") throw new Error(`expected a message, got ${JSON.stringify(reading)}`);
  return reading.item;
}

const mediaKey = Buffer.alloc(32, 1);
const fileSha256 = Buffer.alloc(32, 2);
const hosted = { url: "http://169.254.169.254/latest", directPath: "/v/t62/a", mediaKey, fileSha256, fileLength: 2_048, mimetype: "image/jpeg" };
const remote = {
  directPath: "/v/t62/a",
  mediaKey: mediaKey.toString("base64"),
  fileSha256: fileSha256.toString("base64"),
  fileLength: 2_048,
  key: { remoteJid: CHAT, id: "A1", fromMe: false, participant: null },
};

describe("every kind of content", () => {
  test.each<[string, proto.IMessage, Partial<MessageReport>]>([
    ["text", { conversation: "hello" }, { messageType: "TEXT", content: "hello", media: null }],
    ["a quote", { extendedTextMessage: { text: "yes", contextInfo: { stanzaId: "Q1" } } }, { content: "yes", quotedMessageId: "Q1" }],
    ["a picture", { imageMessage: { ...hosted, caption: "look" } }, { messageType: "IMAGE", content: "look" }],
    ["a picture without a caption", { imageMessage: hosted }, { messageType: "IMAGE", content: null }],
    ["a video", { videoMessage: { ...hosted, caption: "clip" } }, { messageType: "VIDEO", content: "clip" }],
    ["a video note", { ptvMessage: hosted }, { messageType: "VIDEO", content: null }],
    ["a voice message", { audioMessage: { ...hosted, ptt: true } }, { messageType: "AUDIO", content: null }],
    ["a sticker", { stickerMessage: hosted }, { messageType: "STICKER", content: null }],
    [
      "a document with a caption",
      { documentWithCaptionMessage: { message: { documentMessage: { ...hosted, caption: "the bill", fileName: "bill.pdf" } } } },
      { messageType: "DOCUMENT", content: "the bill" },
    ],
    ["a place", { locationMessage: { degreesLatitude: 1, degreesLongitude: 2, name: "Cafe" } }, { messageType: "LOCATION", content: "Cafe" }],
    ["a card", { contactMessage: { displayName: "Bob", vcard: "BEGIN:VCARD\nEND:VCARD" } }, { messageType: "CONTACT", content: "Bob" }],
    [
      "cards",
      { contactsArrayMessage: { displayName: "2 contacts", contacts: [{ displayName: "Bob" }] } },
      { messageType: "CONTACT", content: "2 contacts" },
    ],
    ["a poll", { pollCreationMessageV3: { name: "Lunch?", options: [{ optionName: "yes" }] } }, { messageType: "TEXT", content: "Lunch?" }],
    ["buttons", { buttonsMessage: { contentText: "choose" } }, { messageType: "BUTTONS", content: "choose" }],
    [
      "a chosen button",
      { buttonsResponseMessage: { selectedDisplayText: "One", selectedButtonId: "1" } },
      { messageType: "BUTTONS", content: "One" },
    ],
    ["a list", { listMessage: { description: "our menu", title: "Menu" } }, { messageType: "LIST", content: "our menu" }],
    ["a chosen row", { listResponseMessage: { title: "Soup" } }, { messageType: "LIST", content: "Soup" }],
    ["a message that disappears", { ephemeralMessage: { message: { conversation: "soon gone" } } }, { messageType: "TEXT", content: "soon gone" }],
    ["a picture to see once", { viewOnceMessageV2: { message: { imageMessage: hosted } } }, { messageType: "IMAGE", content: null }],
    ["an own message from another device", { deviceSentMessage: { destinationJid: CHAT, message: { conversation: "mine" } } }, { content: "mine" }],
    ["what nobody here knows", { orderMessage: { orderId: "1" } }, { messageType: "TEXT", content: null }],
  ])("%s", (_name, message, expected) => {
    const item = read(message);
    expect(item).toMatchObject(expected);
    expect(messageItem.safeParse(JSON.parse(JSON.stringify(item))).success).toBe(true);
  });

  test("media bring what it takes to fetch them, and not the address the sender wrote", () => {
    expect(read({ imageMessage: hosted }).media).toEqual({
      mimeType: "image/jpeg",
      size: 2_048,
      fileName: null,
      remote: { kind: "image", ...remote },
    });
    expect(JSON.stringify(read({ imageMessage: hosted }))).not.toContain("169.254");
  });

  test("media without a key cannot be fetched: the message is one all the same", () => {
    expect(read({ imageMessage: { ...hosted, mediaKey: null } })).toMatchObject({ messageType: "IMAGE", media: null });
  });

  test("no part of the raw protocol message is passed on", () => {
    const item = read({ conversation: "hello", messageContextInfo: { messageSecret: Buffer.alloc(32, 7) } });
    expect(JSON.stringify(item)).not.toContain("messageSecret");
    expect(Object.keys(item).toSorted()).toEqual(
      "content fromMe media messageId messageType metadata participant participantAlt pushName quotedMessageId remoteJid remoteJidAlt source status timestamp".split(
        " ",
      ),
    );
  });
});

describe("what changes another message", () => {
  const key = { remoteJid: CHAT, id: "T1", fromMe: true };
  test.each<[string, proto.IMessage, object]>([
    [
      "a reaction",
      { reactionMessage: { key, text: "👍", senderTimestampMs: SECONDS * 1_000 } },
      { kind: "reaction", messageId: "T1", actorJid: CHAT, emoji: "👍" },
    ],
    ["a reaction taken back", { reactionMessage: { key, text: "" } }, { kind: "reaction", emoji: null }],
    [
      "an edit",
      { protocolMessage: { key, type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT, editedMessage: { conversation: "better" } } },
      { kind: "edit", content: "better" },
    ],
    [
      "an edit as newer phones send it",
      {
        editedMessage: {
          message: { protocolMessage: { key, type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT, editedMessage: { conversation: "better" } } },
        },
      },
      { kind: "edit", content: "better" },
    ],
    ["a deletion", { protocolMessage: { key, type: proto.Message.ProtocolMessage.Type.REVOKE } }, { kind: "delete", messageId: "T1" }],
  ])("%s", (_name, message, expected) => {
    const reading = readMessage(arrived(message), CONTEXT);
    expect(reading).toMatchObject({ kind: "change", item: expected });
    expect(reading.kind === "change" && changeItem.safeParse(JSON.parse(JSON.stringify(reading.item))).success).toBe(true);
  });

  test("our own is by us", () => {
    const reading = readMessage(arrived({ reactionMessage: { key, text: "👍" } }, { fromMe: true }), CONTEXT);
    expect(reading).toMatchObject({ kind: "change", item: { actorJid: OWN } });
  });
});

describe("what is no message", () => {
  const type = proto.Message.ProtocolMessage.Type;
  test.each<[string, proto.IMessage, WAMessage["key"], string]>([
    ["a status broadcast", { conversation: "my day" }, { remoteJid: "status@broadcast", participant: CHAT }, "broadcast"],
    ["a channel's post", { conversation: "news" }, { remoteJid: "1@newsletter" }, "newsletter"],
    ["a key of a group", { senderKeyDistributionMessage: { groupId: GROUP } }, {}, "protocol"],
    ["a vote", { pollUpdateMessage: { pollCreationMessageKey: { id: "P" } } }, {}, "protocol"],
    ["a history notification", { protocolMessage: { type: type.HISTORY_SYNC_NOTIFICATION } }, {}, "protocol"],
    ["a shared key", { protocolMessage: { type: type.APP_STATE_SYNC_KEY_SHARE } }, { fromMe: true }, "protocol"],
    ["a setting", { protocolMessage: { type: type.EPHEMERAL_SETTING, ephemeralExpiration: 1 } }, {}, "protocol"],
    ["an id longer than any", { conversation: "hello" }, { id: "A".repeat(129) }, "identity"],
  ])("%s", (_name, message, key, reason) => {
    expect(readMessage(arrived(message, key), CONTEXT)).toEqual({ kind: "ignored", reason });
  });

  test("a stub without content", () => {
    const stub = { key: { remoteJid: CHAT, id: "A1" }, messageTimestamp: SECONDS, messageStubType: 2 } as WAMessage;
    expect(readMessage(stub, CONTEXT)).toEqual({ kind: "ignored", reason: "empty" });
  });
});

test("both addresses of a person are passed on, and of a group's member too", () => {
  expect(read({ conversation: "hi" }, { remoteJid: LID, remoteJidAlt: CHAT })).toMatchObject({ remoteJid: LID, remoteJidAlt: CHAT });
  const member = { remoteJid: GROUP, participant: LID, participantAlt: CHAT };
  expect(read({ conversation: "hi" }, member)).toMatchObject({ remoteJid: GROUP, participant: LID, participantAlt: CHAT });
});

test("what is longer than the API takes is cut, so that the message is not lost", () => {
  const long = { ...arrived({ conversation: "é".repeat(1_000_001) }), pushName: "n".repeat(2_000) };
  const reading = readMessage(long, CONTEXT);
  expect(reading.kind === "message" && messageItem.safeParse(reading.item).success).toBe(true);
  expect(readMessage(arrived({ reactionMessage: { key: { id: "T1" }, text: "x".repeat(99) } }), CONTEXT)).toMatchObject({
    item: { emoji: "x".repeat(64) },
  });
});

test("messages and what changes them are told in their order, in as few calls as that allows", () => {
  const reading = (kind: Reading["kind"], messageId: string): Reading => ({ kind, item: { messageId } }) as Reading;
  const runs = toRuns([reading("message", "A"), reading("message", "B"), reading("ignored", "-"), reading("change", "A"), reading("message", "C")]);
  expect(runs.map(({ path, items }) => [path, items.map(({ messageId }) => messageId).join()])).toEqual([
    ["messages", "A,B"],
    ["messages/changes", "A"],
    ["messages", "C"],
  ]);
});

test("whatever arrives is read without an exception, and what becomes an item is one the API takes", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(CHAT, LID, GROUP, "status@broadcast", "\0", "", "\ud800"));
  const bytes = fc.uint8Array({ maxLength: 40 });
  const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(Number.NaN, 2 ** 53));
  const media = fc.record(
    { mimetype: text, caption: text, directPath: text, mediaKey: bytes, fileSha256: bytes, fileLength: number, fileName: text },
    { requiredKeys: [] },
  );
  const key = fc.record({ remoteJid: text, remoteJidAlt: text, participant: text, id: text, fromMe: fc.boolean() }, { requiredKeys: [] });
  const content: fc.Arbitrary<object> = fc.letrec<{ content: object }>((tie) => ({
    content: fc.record(
      {
        conversation: text,
        extendedTextMessage: fc.record(
          { text, contextInfo: fc.record({ stanzaId: text, mentionedJid: fc.array(text) }, { requiredKeys: [] }) },
          { requiredKeys: [] },
        ),
        imageMessage: media,
        documentMessage: media,
        locationMessage: fc.record({ name: text, address: text, degreesLatitude: number }, { requiredKeys: [] }),
        contactMessage: fc.record({ displayName: text, vcard: text }, { requiredKeys: [] }),
        reactionMessage: fc.record({ key, text, senderTimestampMs: number }, { requiredKeys: [] }),
        protocolMessage: fc.record({ key, type: number, timestampMs: number, editedMessage: tie("content") }, { requiredKeys: [] }),
        ephemeralMessage: fc.record({ message: tie("content") }),
        interactiveResponseMessage: fc.record({ nativeFlowResponseMessage: fc.record({ paramsJson: text }) }),
      },
      { requiredKeys: [] },
    ),
  })).content;
  const raw = fc.record({ key, message: fc.option(content), messageTimestamp: number, pushName: text, status: number }, { requiredKeys: ["key"] });
  fc.assert(
    fc.property(raw, (message) => {
      const reading = readMessage(message, CONTEXT);
      if (reading.kind === "ignored") return;
      const schema = reading.kind === "change" ? changeItem : messageItem;
      const parsed = (schema as typeof messageItem).safeParse(JSON.parse(JSON.stringify(reading.item)));
      expect(parsed.error?.issues ?? []).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
