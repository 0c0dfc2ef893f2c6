import { createHash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendReply } from "@ipnuo/domain/send-reply";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { emittedBy, UNREACHABLE_BROKER } from "../testing/emitted.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedContact, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const PN = "15550100001@s.whatsapp.net";
const MEBIBYTE = 1_048_576;
const MAX_BYTES = 2 * MEBIBYTE;
const FIELDS = { sessionId: "s1", toJid: PN };

let db: TestDatabase;
let folder: string;
let api: TestApi;
let token: string;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  folder = await mkdtemp(join(tmpdir(), "send-media-"));
  api = await startTestApi(db.url, {}, { realtime: UNREACHABLE_BROKER, mediaDir: folder, mediaMaxBytes: MAX_BYTES });
  token = await tokenFor({});
  await seedTenants(api.database);
  await seedSession(api.database, { sessionId: "s1", status: "CONNECTED" });
  await seedSession(api.database, { sessionId: "off" });
  await seedContact(api.database, { id: "k1", jid: PN, pn: PN });
});
afterAll(async () => {
  await api.close();
  await db.drop();
  await rm(folder, { recursive: true, force: true });
});

type Fields = Readonly<Record<string, string>>;
type File = { readonly content: Uint8Array; readonly type?: string; readonly name?: string };
const formOf = (fields: Fields, files: readonly File[]) => {
  const form = new FormData();
  for (const { content, type = "image/png", name = "a.png" } of files) form.append("file", new Blob([Uint8Array.from(content)], { type }), name);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
};
const post = (body: FormData | string, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/api/whatsapp/send-media`, { method: "POST", body, headers: { authorization: `Bearer ${token}`, ...headers } });
const accepted = async (response: Response) => (await expectExactly(sendReply, response)).message;
const filesLeft = async () => (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
const counts = async () => [
  await api.database.whatsAppMessage.count(),
  await api.database.whatsAppOutbox.count(),
  await api.database.whatsAppMedia.count(),
  await filesLeft(),
];

describe("a media send", () => {
  it("is a file, a message, a media row and an outbox row", async () => {
    const content = randomBytes(100_000);
    const sha256 = createHash("sha256").update(content).digest("hex");
    let id = "";
    const emitted = await emittedBy(api.database, async () => {
      const message = await accepted(await post(formOf({ ...FIELDS, content: "Look", senderName: "Agent" }, [{ content, name: "año.png" }])));
      id = message.id;
      expect(message).toMatchObject({
        messageType: "IMAGE",
        content: "Look",
        status: "PENDING",
        mediaUrl: `/api/whatsapp/media/${id}`,
        mediaMimeType: "image/png",
        mediaSize: 100_000,
        thumbnailUrl: null,
        metadata: { senderName: "Agent", fileName: "año.png" },
      });
      expect(message.messageId).toMatch(/^3EB0[0-9A-F]{18}$/);
    });
    expect(emitted.map(({ event }) => event)).toEqual(["message.queued", "contact.updated"]);
    const row = await api.database.whatsAppMessage.findUniqueOrThrow({ where: { id }, include: { media: true, outbox: true } });
    const storageKey = `t1/${sha256.slice(0, 2)}/${sha256}`;
    expect(row.media).toMatchObject({
      state: "STORED",
      tenantId: "t1",
      sha256,
      size: 100_000,
      mimeType: "image/png",
      fileName: "año.png",
      storageKey,
    });
    expect(row.outbox).toMatchObject({
      endpoint: "sends.media",
      kind: "media",
      payload: {
        messageType: "IMAGE",
        content: "Look",
        storageKey,
        sha256,
        mimeType: "image/png",
        size: 100_000,
        fileName: "año.png",
        senderName: "Agent",
        quotedMessageId: null,
      },
    });
    expect(await readFile(join(folder, storageKey))).toEqual(content);
    const served = await api.get(`/api/whatsapp/media/${id}`);
    expect(Buffer.from(await served.arrayBuffer()).equals(content)).toBe(true);
    expect(served.headers.get("etag")).toBe(`"${sha256}"`);
  });

  it.each<[string, Fields, string, string, string | null]>([
    ["a picture as a document", { asDocument: "true" }, "image/png", "DOCUMENT", "c"],
    ["a sticker, without caption", { asSticker: "true" }, "image/webp", "STICKER", null],
    ["sound, without caption", {}, "audio/ogg", "AUDIO", null],
    ["a film", {}, "video/mp4", "VIDEO", "c"],
    ["an active picture", {}, "image/svg+xml", "DOCUMENT", "c"],
    ["anything else", {}, "application/zip", "DOCUMENT", "c"],
    ["no type", {}, "", "DOCUMENT", "c"],
  ])("of %s", async (...[, fields, type, messageType, content]) => {
    const message = await accepted(await post(formOf({ ...FIELDS, content: "c", ...fields }, [{ content: randomBytes(10), type }])));
    expect(message).toMatchObject({ messageType, content, mediaMimeType: type === "" ? "application/octet-stream" : type });
  });

  it("takes empty optional parts for absent ones, and a file of exactly the limit", async () => {
    const fields = { ...FIELDS, content: "", senderName: "", quotedMessageId: "", asSticker: "", asDocument: "" };
    expect(await accepted(await post(formOf(fields, [{ content: randomBytes(MAX_BYTES) }])))).toMatchObject({ content: null, mediaSize: MAX_BYTES });
  });

  it("shares one file among equal contents", async () => {
    const content = randomBytes(50);
    const before = await filesLeft();
    await Promise.all(Array.from({ length: 5 }, async () => accepted(await post(formOf(FIELDS, [{ content }])))));
    expect(await filesLeft()).toBe(before + 1);
  });

  it("gives one message for the same key twenty times at once", async () => {
    const before = await counts();
    const content = randomBytes(70_000);
    const send = async () => accepted(await post(formOf(FIELDS, [{ content }]), { "idempotency-key": "at-once" }));
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await send()).id));
    expect(new Set(ids).size).toBe(1);
    expect(await counts()).toEqual(before.map((count) => count + 1));
  });

  it("with another file, name or type under the same key is 422, and the record stays", async () => {
    const content = randomBytes(50);
    const headers = { "idempotency-key": randomUUID() };
    const first = await accepted(await post(formOf(FIELDS, [{ content }]), headers));
    const before = await counts();
    for (const other of [{ content: randomBytes(50) }, { content, name: "b.png" }, { content, type: "image/gif" }])
      expect((await post(formOf(FIELDS, [other]), headers)).status).toBe(422);
    expect((await post(formOf({ ...FIELDS, content: "caption" }, [{ content }]), headers)).status).toBe(422);
    expect(await counts()).toEqual(before);
    expect((await accepted(await post(formOf(FIELDS, [{ content }]), headers))).id).toBe(first.id);
    expect(await counts()).toEqual(before);
  });
});

describe("a refused upload writes nothing and leaves no file", () => {
  const content = Buffer.from("content of no other test");
  it.each<[string, () => Promise<Response>, number, object]>([
    ["no file", () => post(formOf(FIELDS, [])), 400, { error: "file is required" }],
    ["an empty file", () => post(formOf(FIELDS, [{ content: Buffer.from("") }])), 400, { error: "file is invalid" }],
    ["two files", () => post(formOf(FIELDS, [{ content }, { content }])), 400, { error: "file is invalid" }],
    ["no session", () => post(formOf({ toJid: PN }, [{ content }])), 400, { error: "sessionId is required" }],
    [
      "nothing",
      () => post(formOf({ pad: "x" }, [])),
      400,
      { error: "file is required", details: ["file is required", "sessionId is required", "toJid is required"] },
    ],
    ["a bad address", () => post(formOf({ ...FIELDS, toJid: "x" }, [{ content }])), 400, { error: "toJid is invalid" }],
    ["a long caption", () => post(formOf({ ...FIELDS, content: "x".repeat(1_025) }, [{ content }])), 400, { error: "content is invalid" }],
    ["a bad flag", () => post(formOf({ ...FIELDS, asSticker: "yes" }, [{ content }])), 400, { error: "asSticker is invalid" }],
    ["a quote of nowhere", () => post(formOf({ ...FIELDS, quotedMessageId: "x" }, [{ content }])), 400, { error: "quotedMessageId is invalid" }],
    ["a bad key", () => post(formOf({}, [{ content }]), { "idempotency-key": "a b" }), 400, { error: "Idempotency-Key is invalid" }],
    ["an unknown session", () => post(formOf({ ...FIELDS, sessionId: "x" }, [{ content }])), 404, { error: "Session not found or access denied" }],
    ["a session that is off", () => post(formOf({ ...FIELDS, sessionId: "off" }, [{ content }])), 409, { error: "Session is not connected" }],
    ["a file over the limit", () => post(formOf(FIELDS, [{ content: randomBytes(MAX_BYTES + 1) }])), 413, { error: "Payload too large" }],
    [
      "other parts over the limit",
      () => post(formOf({ ...FIELDS, pad: "x".repeat(MEBIBYTE + 1) }, [{ content }])),
      413,
      { error: "Payload too large" },
    ],
    ["JSON", () => post("{}", { "content-type": "application/json" }), 415, { error: "Unsupported content type" }],
    ["no multipart", () => post("hello", { "content-type": "multipart/form-data; boundary=x" }), 400, { error: "Invalid multipart body" }],
    ["no boundary", () => post("hello", { "content-type": "multipart/form-data" }), 400, { error: "Invalid multipart body" }],
    ["no body", () => post(""), 400, { error: "file is required", details: ["file is required", "sessionId is required", "toJid is required"] }],
  ])("%s", async (_name, send, status, body) => {
    const before = await counts();
    const emitted = await emittedBy(api.database, async () => {
      const reply = await send();
      expect([reply.status, await reply.json()]).toEqual([status, body]);
    });
    expect(emitted).toEqual([]);
    expect(await counts()).toEqual(before);
  });

  it("a file that is published when the transaction fails", async () => {
    await api.database.$executeRaw`create function refuse() returns trigger as $$ begin raise exception 'refused'; end $$ language plpgsql`;
    await api.database.$executeRaw`create trigger refuse before insert on whatsapp_outbox for each row execute function refuse()`;
    const before = await counts();
    const reply = await post(formOf(FIELDS, [{ content }]), { "idempotency-key": "refused-late" });
    expect([reply.status, await reply.json()]).toEqual([500, { error: "Failed to send media", details: reply.headers.get("x-request-id") }]);
    expect(await counts()).toEqual(before);
    await api.database.$executeRaw`drop trigger refuse on whatsapp_outbox`;
    await accepted(await post(formOf(FIELDS, [{ content }]), { "idempotency-key": "refused-late" }));
  });

  it("a client that goes away in the middle", async () => {
    const before = await counts();
    const client = httpRequest(`${api.url}/api/whatsapp/send-media`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "multipart/form-data; boundary=x", "content-length": String(MEBIBYTE) },
    });
    client.on("error", () => {});
    client.write(`--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${"y".repeat(500_000)}`);
    await expect.poll(filesLeft).toBe((before[3] ?? 0) + 1);
    client.destroy();
    await expect.poll(filesLeft).toBe(before[3]);
    expect(await counts()).toEqual(before);
  });
});

it("takes 200 MB without ever holding them", async () => {
  const large = await startTestApi(db.url, {}, { mediaDir: folder, mediaMaxBytes: 300 * MEBIBYTE });
  const chunk = randomBytes(MEBIBYTE);
  const boundary = "large";
  let highest = 0;
  function* body() {
    for (const [name, value] of Object.entries(FIELDS))
      yield Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
    yield Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n`);
    for (let index = 0; index < 200; index += 1) {
      highest = Math.max(highest, process.memoryUsage().rss);
      yield chunk;
    }
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  const before = process.memoryUsage().rss;
  const client = httpRequest(`${large.url}/api/whatsapp/send-media`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": `multipart/form-data; boundary=${boundary}` },
  });
  Readable.from(body(), { highWaterMark: 1 }).pipe(client);
  const [response] = (await once(client, "response")) as [Readable & { statusCode: number }];
  const reply = JSON.parse(Buffer.concat(await response.toArray()).toString()) as { message: { id: string; mediaSize: number } };
  expect([response.statusCode, reply.message.mediaSize]).toEqual([200, 200 * MEBIBYTE]);
  expect(highest - before).toBeLessThan(120 * MEBIBYTE);
  const hash = createHash("sha256");
  for (let index = 0; index < 200; index += 1) hash.update(chunk);
  const served = await large.get(`/api/whatsapp/media/${reply.message.id}`, { headers: { range: `bytes=${150 * MEBIBYTE}-${151 * MEBIBYTE - 1}` } });
  expect(served.headers.get("etag")).toBe(`"${hash.digest("hex")}"`);
  expect(Buffer.from(await served.arrayBuffer()).equals(chunk)).toBe(true);
  await large.close();
});
