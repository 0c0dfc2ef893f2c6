import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { sha256, type WAMessage } from "@whiskeysockets/baileys";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openMedia } from "./media-seal.ts";
import type { Client } from "../testing/client.ts";
import { startScene, WAIT, type Scene } from "../testing/paired.ts";
import { download } from "../testing/tls-fetch.ts";

const SHOP = "15550001000";
const ANA = "15550002000";
const FILE = Buffer.from("a picture, as far as this test is concerned");

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene.close());

async function receiveImage(client: Client): Promise<WAMessage> {
  const id = await scene.server.control.send({ to: SHOP, from: ANA, content: { kind: "image", base64: FILE.toString("base64") } });
  await vi.waitFor(() => expect(client.messages.some(({ key }) => key.id === id)).toBe(true), WAIT);
  return client.messages.find(({ key }) => key.id === id) as WAMessage;
}

const fetchFile = (url: string | null | undefined) => download(url ?? "", scene.server.mediaCaFile);

test("what a contact sends can be downloaded over TLS and opened, and its hashes are right", async () => {
  const client = await scene.paired(SHOP);
  const image = (await receiveImage(client)).message?.imageMessage;
  expect(image?.url).toBe(`https://${scene.server.mediaHost}${image?.directPath}`);
  const { status, body } = await fetchFile(image?.url);
  expect(status).toBe(200);
  expect(sha256(body)).toEqual(Buffer.from(image?.fileEncSha256 ?? []));
  const opened = await openMedia(body, image?.mediaKey ?? new Uint8Array(), "image");
  expect(opened).toEqual(FILE);
  expect(sha256(opened)).toEqual(Buffer.from(image?.fileSha256 ?? []));
});

test("the real client uploads to the host it is told, and the contact opens the same bytes", async () => {
  const fetchAgent = new Agent({ ca: readFileSync(scene.server.mediaCaFile) });
  const client = await scene.paired(SHOP, { fetchAgent });
  const sent = await client.socket().sendMessage(`${ANA}@s.whatsapp.net`, { document: FILE, mimetype: "text/plain", fileName: "note.txt" });
  await vi.waitFor(() => expect(scene.server.control.received(ANA)).toMatchObject([{ kind: "document" }]), WAIT);
  expect(await scene.server.control.fileOf(SHOP, sent?.key.id ?? "")).toEqual(FILE);
  fetchAgent.destroy();
});

test.each([404, 410] as const)("expired media answers %d, and the phone uploads it again when asked", async (status) => {
  const client = await scene.paired(SHOP);
  const message = await receiveImage(client);
  scene.server.control.media({ mode: "gone", status, phone: "has-it" });
  expect((await fetchFile(message.message?.imageMessage?.url)).status).toBe(status);
  const before = message.message?.imageMessage?.directPath;
  const renewed = (await client.socket().updateMediaMessage(message)).message?.imageMessage;
  expect(renewed?.directPath).not.toBe(before);
  const { body } = await fetchFile(`https://${scene.server.mediaHost}${renewed?.directPath}`);
  expect(await openMedia(body, renewed?.mediaKey ?? new Uint8Array(), "image")).toEqual(FILE);
});

test("a phone that lost the file says so", async () => {
  const client = await scene.paired(SHOP);
  const message = await receiveImage(client);
  scene.server.control.media({ mode: "gone", status: 404, phone: "lost-it" });
  await expect(client.socket().updateMediaMessage(message)).rejects.toThrow("Media re-upload failed by device (NOT_FOUND)");
});

test("corrupted media has other bytes than its hash says", async () => {
  const client = await scene.paired(SHOP);
  const image = (await receiveImage(client)).message?.imageMessage;
  scene.server.control.media({ mode: "corrupted" });
  const { status, body } = await fetchFile(image?.url);
  expect(status).toBe(200);
  expect(sha256(body)).not.toEqual(Buffer.from(image?.fileEncSha256 ?? []));
});
