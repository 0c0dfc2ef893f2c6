import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { waitUntil } from "../lib/processes.ts";
import { bearer, insertSession, OTHER_TENANT, SESSION, TENANT, tokenOf, useApp } from "../testing/legacy-app.ts";
import { startBroker, type Broker } from "../testing/listening-broker.ts";

const MEDIA_MAX_BYTES = 8_388_608;
const PHONE = "15550100001";
const JID = `${PHONE}@s.whatsapp.net`;

let broker: Broker;
beforeAll(async () => {
  broker = await startBroker();
});
const app = useApp(() => ({ ...broker.env, MEDIA_MAX_BYTES: String(MEDIA_MAX_BYTES) }));
afterAll(() => broker.close());

beforeAll(async () => {
  await insertSession(app().database, { sessionId: "down", tenantId: TENANT, status: "DISCONNECTED" });
  await insertSession(app().database, { sessionId: "foreign", tenantId: OTHER_TENANT });
});

beforeEach(async () => {
  await app().database.query("delete from whatsapp_messages");
  await app().database.query("delete from whatsapp_contacts");
  broker.take();
});

type Sent = { readonly status: number; readonly json: Record<string, unknown>; readonly headers: Headers };
type Headers_ = Readonly<Record<string, string>>;

async function post(path: string, body: string | FormData, headers: Headers_ = {}): Promise<Sent> {
  const response = await fetch(`${app().baseUrl}/api/whatsapp/${path}`, { method: "POST", headers: { ...bearer(), ...headers }, body });
  return { status: response.status, json: (await response.json()) as Record<string, unknown>, headers: response.headers };
}

const TEXT = { sessionId: SESSION, toJid: PHONE, content: "hello" };
const sendText = (fields: object = {}, headers: Headers_ = {}, path = "chat-messages"): Promise<Sent> =>
  post(path, JSON.stringify({ ...TEXT, ...fields }), { "content-type": "application/json", ...headers });
const withKey = (key: string): Headers_ => ({ "idempotency-key": key });

function form(fields: Readonly<Record<string, string>>, ...files: readonly Blob[]): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  for (const file of files) data.append("file", file, file instanceof File ? file.name : "photo.png");
  return data;
}

const picture = (bytes: Buffer, type = "image/png"): Blob => new Blob([new Uint8Array(bytes)], { type });
const sendMedia = (fields: object, file: Blob, headers: Headers_ = {}): Promise<Sent> =>
  post("send-media", form({ sessionId: SESSION, toJid: PHONE, ...fields }, file), headers);

async function count(table: string): Promise<number> {
  const { rows } = await app().database.query<{ count: number }>(`select count(*)::int as count from ${table}`);
  return rows[0]?.count ?? -1;
}

async function only(table: string): Promise<Record<string, unknown>> {
  const { rows } = await app().database.query<Record<string, unknown>>(`select * from ${table}`);
  expect(rows).toHaveLength(1);
  return rows[0] ?? {};
}

test("a text makes a message, an outbox row and a contact, and tells of them in order", async () => {
  const { status, json } = await sendText({ senderName: " Ana ", toJid: `+${PHONE}` });
  expect(status).toBe(200);
  const message = json["message"] as Record<string, unknown>;
  expect(message).toMatchObject({ sessionId: SESSION, remoteJid: JID, fromMe: true, content: "hello", messageType: "TEXT", status: "PENDING" });
  expect(message).toMatchObject({ senderId: "user-a", users: { id: "user-a", name: "Ana" }, metadata: { senderName: "Ana" } });
  expect(message["messageId"]).toMatch(/^3EB0[0-9A-F]{18}$/);
  expect(await only("whatsapp_outbox")).toMatchObject({
    kind: "text",
    chatJid: JID,
    state: "QUEUED",
    messageRowId: message["id"],
    userId: "user-a",
    endpoint: "sends.text",
  });
  expect(await only("whatsapp_contacts")).toMatchObject({
    jid: JID,
    pn: JID,
    lid: null,
    phoneNumber: PHONE,
    sessionId: SESSION,
    chatbotContactId: null,
  });

  const heard = await broker.until("contact.updated");
  expect(heard.map(({ event }) => event)).toEqual(["contact.created", "message.queued", "contact.updated"]);
  expect(new Set(heard.map(({ channel }) => channel))).toEqual(new Set([`private-whatsapp.${SESSION}`]));
  expect(heard[1]?.data).toMatchObject({ id: message["id"], messageId: message["messageId"], status: "PENDING", content: "hello", tenantId: TENANT });
  expect(heard[2]?.data).toMatchObject({ lastMessagePreview: "hello", unreadCount: 0 });
});

test("the alias is the same endpoint with the same keys", async () => {
  const first = await sendText({}, withKey("k1"));
  const again = await sendText({}, withKey('"k1"'), "send");
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(again.json).toEqual(first.json);
  expect(await count("whatsapp_messages")).toBe(1);
  await broker.until("contact.updated");
  expect(broker.take()).toEqual([]);
});

test("a replay tells the message as it is now, even when its session is down", async () => {
  await sendText({}, withKey("k2"));
  await app().database.query(`update whatsapp_messages set status = 'DELIVERED'`);
  await app().database.query(`update whatsapp_sessions set status = 'DISCONNECTED' where "sessionId" = $1`, [SESSION]);
  const again = await sendText({}, withKey("k2"));
  await app().database.query(`update whatsapp_sessions set status = 'CONNECTED' where "sessionId" = $1`, [SESSION]);
  expect(again.status).toBe(200);
  expect(again.json["message"]).toMatchObject({ status: "DELIVERED" });
});

test("a key means one request: another payload is refused, and the first stays", async () => {
  await sendText({}, withKey("k3"));
  for (const other of [{ content: "bye" }, { toJid: "15550100002" }, { senderName: "B" }]) {
    expect(await sendText(other, withKey("k3"))).toMatchObject({ status: 422, json: { error: "Idempotency-Key was used with another request" } });
  }
  expect((await sendText({ toJid: `${PHONE}:3@c.us` }, withKey("k3"))).status).toBe(200);
  expect(await count("whatsapp_messages")).toBe(1);
});

test("twenty at once with one key are one send", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => sendText({}, withKey("k4"))));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(new Set(answers.map(({ json }) => (json["message"] as { id: string }).id)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true")).toHaveLength(19);
  expect(await count("whatsapp_outbox")).toBe(1);
});

test("twenty at once without a key are twenty, to one contact", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => sendText()));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect([await count("whatsapp_outbox"), await count("whatsapp_contacts")]).toEqual([20, 1]);
});

test("a key that the other system is still writing is waited for, then 409", async () => {
  const { message } = (await sendText({}, withKey("k5"))).json as { message: { id: string } };
  const connection = app().database as Client & { connectionParameters: { database: string; host: string; port: number; user: string } };
  const { database, host, port, user, password } = connection as unknown as Record<string, string>;
  const other = new Client({ database, host, port: Number(port), user, password });
  await other.connect();
  try {
    await other.query("begin");
    await other.query(`update whatsapp_outbox set "idempotencyKey" = 'k6' where "messageRowId" = $1`, [message.id]);
    const startedAt = Date.now();
    const { status, json, headers } = await sendText({}, withKey("k6"));
    expect({ status, json }).toEqual({ status: 409, json: { error: "A request with this Idempotency-Key is in progress" } });
    expect(headers.get("retry-after")).toBe("1");
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(4_900);
    const waiting = sendText({}, withKey("k6"));
    expect(await waitUntil(async () => (await count(`pg_locks where not granted`)) > 0, 4_000)).toBe(true);
    await other.query("commit");
    expect((await waiting).headers.get("idempotent-replayed")).toBe("true");
  } finally {
    await other.end();
  }
  expect(await count("whatsapp_messages")).toBe(1);
});

test.each([
  ["everything missing", { sessionId: null, toJid: " ", content: "" }, 400, "sessionId is required"],
  ["a number that is none", { toJid: "12" }, 400, "toJid is invalid"],
  ["a broadcast", { toJid: "status@broadcast" }, 400, "toJid is invalid"],
  ["a text too long", { content: "x".repeat(65_537) }, 400, "content is invalid"],
  ["a quote from nowhere", { quotedMessageId: "nope" }, 400, "quotedMessageId is invalid"],
  ["an unknown session", { sessionId: "nope" }, 404, "Session not found or access denied"],
  ["another tenant's session", { sessionId: "foreign" }, 404, "Session not found or access denied"],
  ["a session that is down", { sessionId: "down" }, 409, "Session is not connected"],
])("%s is refused and leaves nothing", async (_name, fields, status, error) => {
  const answer = await sendText(fields);
  expect(answer.status).toBe(status);
  expect(answer.json["error"]).toBe(error);
  expect([await count("whatsapp_messages"), await count("whatsapp_outbox"), await count("whatsapp_contacts")]).toEqual([0, 0, 0]);
  expect(broker.take()).toEqual([]);
});

test("a malformed key is refused before any field", async () => {
  expect(await sendText({ content: "" }, withKey("a b"))).toMatchObject({ status: 400, json: { error: "Idempotency-Key is invalid" } });
});

test("a refused key is free again", async () => {
  expect((await sendText({ sessionId: "down" }, withKey("k7"))).status).toBe(409);
  expect((await sendText({}, withKey("k7"))).headers.get("idempotent-replayed")).toBeNull();
});

test("a tenant's id stands for its session that connected last", async () => {
  const { json } = await sendText({ sessionId: TENANT });
  expect(json["message"]).toMatchObject({ sessionId: SESSION });
});

test("a picture becomes a file, a media row and a message that links to it", async () => {
  const bytes = randomBytes(300_000);
  const { status, json } = await sendMedia({ content: "look" }, picture(bytes));
  expect(status).toBe(200);
  const message = json["message"] as Record<string, unknown>;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  expect(message).toMatchObject({
    messageType: "IMAGE",
    content: "look",
    mediaUrl: `/api/whatsapp/media/${String(message["id"])}`,
    mediaMimeType: "image/png",
    mediaSize: 300_000,
    metadata: { fileName: "photo.png" },
  });
  expect(await only("whatsapp_media")).toMatchObject({
    state: "STORED",
    sha256,
    size: 300_000,
    storageKey: `${TENANT}/${sha256.slice(0, 2)}/${sha256}`,
  });
  expect(await only("whatsapp_outbox")).toMatchObject({ kind: "media", endpoint: "sends.media" });
  expect((await broker.until("contact.updated")).map(({ event }) => event)).toEqual(["contact.created", "message.queued", "contact.updated"]);
  const download = await fetch(`${app().baseUrl}${String(message["mediaUrl"])}`, { headers: bearer() });
  expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
  expect(
    app()
      .files()
      .filter((file) => file.includes(".uploads")),
  ).toEqual([]);
});

test("the same picture with the same key is one send, another picture is refused", async () => {
  const bytes = randomBytes(1_000);
  await sendMedia({}, picture(bytes), withKey("m1"));
  expect((await sendMedia({}, picture(bytes), withKey("m1"))).headers.get("idempotent-replayed")).toBe("true");
  expect((await sendMedia({}, picture(randomBytes(1_000)), withKey("m1"))).status).toBe(422);
  expect(await count("whatsapp_messages")).toBe(1);
});

test.each([
  ["audio", "audio/ogg; codecs=opus", {}, { messageType: "AUDIO", content: null }],
  ["a sticker", "image/webp", { asSticker: "true" }, { messageType: "STICKER", content: null }],
  ["a drawing with code in it", "image/svg+xml", {}, { messageType: "DOCUMENT", content: "caption" }],
  ["a picture as a document", "image/png", { asDocument: "true" }, { messageType: "DOCUMENT", content: "caption" }],
  ["something without a type", "", {}, { messageType: "DOCUMENT", content: "caption" }],
])("%s goes out as what it is", async (_name, type, wish, expected) => {
  const { json } = await sendMedia({ content: "caption", ...wish }, picture(randomBytes(10), type));
  expect(json["message"]).toMatchObject(expected);
});

const filesNow = (): number => app().files().length;

test.each([
  ["no file", form({ sessionId: SESSION, toJid: PHONE }), 400, "file is required"],
  ["an empty file", form({ sessionId: SESSION, toJid: PHONE }, picture(Buffer.alloc(0))), 400, "file is invalid"],
  ["two files", form({ sessionId: SESSION, toJid: PHONE }, picture(Buffer.alloc(5)), picture(Buffer.alloc(6))), 400, "file is invalid"],
  ["an unknown wish", form({ sessionId: SESSION, toJid: PHONE, asSticker: "maybe" }, picture(Buffer.alloc(5))), 400, "asSticker is invalid"],
  ["a session of nobody", form({ sessionId: "nope", toJid: PHONE }, picture(Buffer.alloc(5))), 404, "Session not found or access denied"],
  ["a session that is down", form({ sessionId: "down", toJid: PHONE }, picture(Buffer.alloc(5))), 409, "Session is not connected"],
  ["a file too large", form({ sessionId: SESSION, toJid: PHONE }, picture(Buffer.alloc(MEDIA_MAX_BYTES + 1))), 413, "Payload too large"],
  [
    "too much beside the file",
    form({ sessionId: SESSION, toJid: PHONE, content: "x".repeat(1_048_577) }, picture(Buffer.alloc(5))),
    413,
    "Payload too large",
  ],
])("%s is refused and leaves no file", async (_name, body, status, error) => {
  const before = filesNow();
  const answer = await post("send-media", body);
  expect(answer.status).toBe(status);
  expect(answer.json["error"]).toBe(error);
  expect(filesNow()).toBe(before);
  expect(await count("whatsapp_messages")).toBe(0);
});

test("the largest file allowed is allowed", async () => {
  expect((await sendMedia({}, picture(Buffer.alloc(MEDIA_MAX_BYTES, 1)))).status).toBe(200);
});

test("JSON is no form, and a broken form is none either", async () => {
  expect(await post("send-media", "{}", { "content-type": "application/json" })).toMatchObject({ status: 415 });
  expect(await post("send-media", "--x\r\nbroken", { "content-type": "multipart/form-data; boundary=x" })).toMatchObject({ status: 400 });
});

test("an upload that breaks off leaves no file", async () => {
  const before = filesNow();
  const head = `--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`;
  const request = httpRequest(`${app().baseUrl}/api/whatsapp/send-media`, {
    method: "POST",
    headers: { ...bearer(), "content-type": "multipart/form-data; boundary=x" },
  });
  request.on("error", () => undefined);
  request.write(head);
  request.write(Buffer.alloc(1_000_000));
  expect(await waitUntil(() => filesNow() === before + 1, 5_000)).toBe(true);
  request.destroy();
  expect(await waitUntil(() => filesNow() === before, 5_000)).toBe(true);
});

test("after a refusal on the way the same connection serves on", async () => {
  const size = 4 * MEDIA_MAX_BYTES;
  const head = `--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n`;
  const url = new URL(app().baseUrl);
  const common = `Host: ${url.host}\r\nAuthorization: ${bearer().authorization}\r\n`;
  const answers = await new Promise<string>((resolve, reject) => {
    let text = "";
    const socket = connect(Number(url.port), url.hostname);
    socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
    socket.write(
      `POST /api/whatsapp/send-media HTTP/1.1\r\n${common}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: ${head.length + size}\r\n\r\n`,
    );
    socket.write(head);
    socket.write(Buffer.alloc(size));
    socket.write(`GET /api/whatsapp/sessions HTTP/1.1\r\n${common}Connection: close\r\n\r\n`);
  });
  expect([...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(["413", "200"]);
});

test("without a token nothing is read", async () => {
  expect(await post("send-media", form({}, picture(Buffer.alloc(5_000_000))), { authorization: "Bearer x" })).toMatchObject({ status: 401 });
  expect((await sendText({}, { authorization: `Bearer ${tokenOf(OTHER_TENANT)}` })).status).toBe(404);
});
