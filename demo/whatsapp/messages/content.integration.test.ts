import { normalizeMessageContent, type WAMessage } from "@whiskeysockets/baileys";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Content } from "./content.ts";
import type { Client } from "../testing/client.ts";
import { startScene, WAIT, type Scene } from "../testing/paired.ts";

const SHOP = "15550001000";
const ANA = "15550002000";

let scene: Scene;
let client: Client;
beforeAll(async () => {
  scene = await startScene();
  client = await scene.paired(SHOP);
});
afterAll(() => scene.close());

/** Sends it and waits until the client has it. */
async function receive(content: Content, quoted?: string): Promise<WAMessage> {
  const id = await scene.server.control.send({ to: SHOP, from: ANA, content, ...(quoted === undefined ? {} : { quoted }) });
  await vi.waitFor(() => expect(client.messages.some(({ key }) => key.id === id)).toBe(true), WAIT);
  return client.messages.find(({ key }) => key.id === id) as WAMessage;
}

const CONTENTS: readonly (readonly [Content, unknown])[] = [
  [{ kind: "text", text: "hello" }, { conversation: "hello" }],
  [{ kind: "image", caption: "the cat" }, { imageMessage: { caption: "the cat", mimetype: "image/jpeg", width: 640 } }],
  [{ kind: "video", caption: "the dog", seconds: 3 }, { videoMessage: { caption: "the dog", seconds: 3 } }],
  [{ kind: "audio", isVoiceNote: true }, { audioMessage: { ptt: true, seconds: 4 } }],
  [{ kind: "document", fileName: "bill.pdf" }, { documentMessage: { fileName: "bill.pdf", mimetype: "application/pdf" } }],
  [{ kind: "sticker" }, { stickerMessage: { mimetype: "image/webp" } }],
  [
    { kind: "location", latitude: 1.5, longitude: 2.5, name: "Here" },
    { locationMessage: { degreesLatitude: 1.5, degreesLongitude: 2.5, name: "Here" } },
  ],
  [{ kind: "contacts", contacts: [{ name: "Bob", phone: "15550003000" }] }, { contactMessage: { displayName: "Bob" } }],
  [{ kind: "buttons", text: "Which?", buttons: [{ id: "a", text: "A" }] }, { buttonsMessage: { contentText: "Which?" } }],
  [{ kind: "button-answer", id: "a", text: "A" }, { buttonsResponseMessage: { selectedButtonId: "a", selectedDisplayText: "A" } }],
  [
    { kind: "list", title: "Menu", text: "Choose one", rows: [{ id: "1", text: "Soup" }] },
    { listMessage: { title: "Menu", description: "Choose one" } },
  ],
  [{ kind: "list-answer", id: "1", text: "Soup" }, { listResponseMessage: { title: "Soup", singleSelectReply: { selectedRowId: "1" } } }],
  [{ kind: "template-answer", id: "t", text: "Yes" }, { templateButtonReplyMessage: { selectedId: "t", selectedDisplayText: "Yes" } }],
  [
    { kind: "poll", question: "Tea?", options: ["yes", "no"] },
    { pollCreationMessageV3: { name: "Tea?", options: [{ optionName: "yes" }, { optionName: "no" }] } },
  ],
  [{ kind: "unknown" }, { orderMessage: { orderId: "1" } }],
];

test.each(CONTENTS)("%o arrives as that kind", async (content, expected) => {
  const { message } = await receive(content);
  expect(message).toMatchObject(expected as object);
});

test("an image to be looked at once is wrapped", async () => {
  const { message } = await receive({ kind: "image", isViewOnce: true });
  expect(message?.viewOnceMessageV2).toBeDefined();
  expect(normalizeMessageContent(message)?.imageMessage?.mediaKey).toHaveLength(32);
});

test("a reaction, an edit and a deletion name the message they change, in the account's terms", async () => {
  const { key } = await receive({ kind: "text", text: "frist" });
  const reaction = await receive({ kind: "reaction", to: key.id ?? "", emoji: "👍" });
  expect(reaction.message?.reactionMessage).toMatchObject({ text: "👍", key: { id: key.id, fromMe: false, remoteJid: `${ANA}@s.whatsapp.net` } });
  const edit = await receive({ kind: "edit", of: key.id ?? "", text: "first" });
  expect(edit.message?.protocolMessage).toMatchObject({ type: 14, key: { id: key.id }, editedMessage: { conversation: "first" } });
  const deletion = await receive({ kind: "delete", of: key.id ?? "" });
  expect(deletion.message?.protocolMessage).toMatchObject({ key: { id: key.id } });
});

test("a reaction to a message of the account names it as the account's own", async () => {
  const sent = await client.socket().sendMessage(`${ANA}@s.whatsapp.net`, { text: "ours" });
  await vi.waitFor(() => expect(scene.server.control.received(ANA).some(({ id }) => id === sent?.key.id)).toBe(true), WAIT);
  const reaction = await receive({ kind: "reaction", to: sent?.key.id ?? "", emoji: "❤️" });
  expect(reaction.message?.reactionMessage?.key).toMatchObject({ id: sent?.key.id, fromMe: true });
});

test("an answer quotes the message it answers", async () => {
  const { key } = await receive({ kind: "text", text: "a question" });
  const answer = await receive({ kind: "text", text: "an answer" }, key.id ?? "");
  expect(answer.message?.extendedTextMessage).toMatchObject({
    text: "an answer",
    contextInfo: { stanzaId: key.id, quotedMessage: { conversation: "a question" } },
  });
});

test("a vote can be read with the poll's secret", async () => {
  const { decryptPollVote, sha256 } = await import("@whiskeysockets/baileys");
  const poll = await receive({ kind: "poll", question: "Tea?", options: ["yes", "no"] });
  const vote = await receive({ kind: "poll-vote", pollId: poll.key.id ?? "", options: ["no"] });
  const secret = poll.message?.messageContextInfo?.messageSecret as Uint8Array;
  const context = { pollCreatorJid: `${ANA}@s.whatsapp.net`, voterJid: `${ANA}@s.whatsapp.net`, pollMsgId: poll.key.id ?? "", pollEncKey: secret };
  const { selectedOptions } = decryptPollVote(vote.message?.pollUpdateMessage?.vote ?? {}, context);
  expect(selectedOptions?.map((option) => Buffer.from(option))).toEqual([sha256(Buffer.from("no"))]);
});

test("a change of a message nobody exchanged is refused by name", async () => {
  await expect(scene.server.control.send({ to: SHOP, from: ANA, content: { kind: "delete", of: "nothing" } })).rejects.toThrow(
    "no message with id nothing was exchanged with this account",
  );
});
