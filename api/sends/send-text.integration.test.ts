import { createHash, randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendReply } from "@ipnuo/domain/send-reply";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { emittedBy, UNREACHABLE_BROKER } from "../testing/emitted.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedContact, seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";
import { whatsappIdOf } from "./send-identity.ts";

const SECRET = "ab".repeat(32);
const PN = "15550100001@s.whatsapp.net";
const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url, {}, { realtime: UNREACHABLE_BROKER });
  const { database } = api;
  await seedTenants(database);
  await seedSession(database, { sessionId: "s1", status: "CONNECTED", sendSecret: SECRET, lastConnected: new Date(1_000) });
  await seedSession(database, { sessionId: "s2", status: "CONNECTED", sendSecret: SECRET, lastConnected: new Date(2_000) });
  await seedSession(database, { sessionId: "waking", status: "CONNECTING", creds: { me: 1 } });
  await seedSession(database, { sessionId: "pairing", status: "CONNECTING" });
  await seedSession(database, { sessionId: "off" });
  await seedSession(database, { sessionId: "theirs", tenantId: "t2", status: "CONNECTED" });
  await seedContact(database, { id: "k1", jid: PN, pn: PN, lid: "777@lid", name: "Alice", lastMessageAt: new Date(5_000) });
  await seedMessage(database, { id: "m1", sessionId: "s1", messageId: "WA1", remoteJid: PN, whatsappContactId: "k1", timestamp: new Date(5_000) });
  await seedMessage(database, { id: "foreign", sessionId: "theirs", messageId: "WA2", remoteJid: PN, timestamp: new Date(5_000) });
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

type Options = { readonly key?: string; readonly path?: string; readonly token?: string; readonly headers?: Record<string, string> };
const post = (body: unknown, { key, path = "chat-messages", token, headers = {} }: Options = {}) =>
  api.get(`/api/whatsapp/${path}`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json", ...(key === undefined ? {} : { "idempotency-key": key }), ...headers },
    ...(token === undefined ? {} : { token }),
  });
const TEXT = { sessionId: "s1", toJid: PN, content: "hello" };
const accepted = async (response: Response) => (await expectExactly(sendReply, response)).message;
const counts = async () => [
  await api.database.whatsAppMessage.count(),
  await api.database.whatsAppOutbox.count(),
  await api.database.whatsAppContact.count(),
];

describe("a send", () => {
  it("is a message and an outbox row, told in order", async () => {
    const before = Date.now();
    let id = "";
    const emitted = await emittedBy(api.database, async () => {
      const message = await accepted(await post({ ...TEXT, senderName: " Agent ", quotedMessageId: "WA1" }, { key: "first" }));
      id = message.id;
      expect(message).toMatchObject({
        sessionId: "s1",
        messageId: whatsappIdOf(SECRET, { tenantId: "t1", userId: "u1", endpoint: "sends.text", key: "first" }),
        remoteJid: PN,
        whatsappContactId: "k1",
        fromMe: true,
        content: "hello",
        messageType: "TEXT",
        status: "PENDING",
        quotedMessageId: "WA1",
        metadata: { senderName: "Agent" },
        senderId: "u1",
        users: { id: "u1", name: "Agent One", email: "u1@example.com" },
      });
      expect(Date.parse(message.timestamp)).toBeGreaterThanOrEqual(before);
    });
    const contact = await api.database.whatsAppContact.findUniqueOrThrow({ where: { id: "k1" } });
    const row = await api.database.whatsAppMessage.findUniqueOrThrow({ where: { id }, include: { outbox: true } });
    expect(contact).toMatchObject({ sessionId: "s1", lastMessageAt: row.timestamp, chatbotContactId: null });
    expect(row.outbox).toMatchObject({
      tenantId: "t1",
      sessionId: "s1",
      userId: "u1",
      endpoint: "sends.text",
      idempotencyKey: "first",
      chatJid: PN,
      kind: "text",
      state: "QUEUED",
      payload: { content: "hello", senderName: "Agent", quotedMessageId: "WA1" },
      payloadHash: sha256Of(`{"content":"hello","quotedMessageId":"WA1","senderName":"Agent","sessionId":"s1","toJid":"${PN}"}`),
    });
    expect(emitted.map(({ channel, event }) => [channel, event])).toEqual([
      ["private-whatsapp.s1", "message.queued"],
      ["private-whatsapp.s1", "contact.updated"],
    ]);
    expect(emitted[0]?.data).toMatchObject({ id, status: "PENDING", senderId: "u1", contactName: "Alice", contactId: "k1" });
    expect(emitted[1]?.data).toMatchObject({ lastMessagePreview: "hello", lastMessageAt: row.timestamp.toISOString() });
  });

  it("tells the worker", async () => {
    const listener = new Client({ connectionString: db.url });
    await listener.connect();
    await listener.query("listen whatsapp_outbox");
    const told = new Promise<string | undefined>((resolve) => listener.once("notification", ({ payload }) => resolve(payload)));
    await accepted(await post(TEXT));
    expect(await told).toBe("s1");
    await listener.end();
  });

  it("makes the contact when it is new", async () => {
    const emitted = await emittedBy(api.database, async () => {
      const message = await accepted(await post({ ...TEXT, toJid: "+15550100055" }));
      expect(message.remoteJid).toBe("15550100055@s.whatsapp.net");
    });
    expect(emitted.map(({ event }) => event)).toEqual(["contact.created", "message.queued", "contact.updated"]);
    const contact = await api.database.whatsAppContact.findFirstOrThrow({ where: { pn: "15550100055@s.whatsapp.net" } });
    expect(contact).toMatchObject({ tenantId: "t1", jid: contact.pn, lid: null, phoneNumber: "15550100055", isGroup: false, sessionId: "s1" });
  });

  it.each([
    ["a LID that is paired goes to its phone", "777@lid", PN],
    ["a LID of nobody known", "999@lid", "999@lid"],
    ["a group", "12036300000000001@g.us", "12036300000000001@g.us"],
    ["an old address with a device", "15550100001:3@C.US", PN],
  ])("%s", async (_name, toJid, remoteJid) => {
    const message = await accepted(await post({ ...TEXT, toJid }));
    expect(message.remoteJid).toBe(remoteJid);
    const outbox = await api.database.whatsAppOutbox.findUniqueOrThrow({ where: { messageRowId: message.id } });
    expect(outbox.chatJid).toBe(remoteJid);
    const contact = await api.database.whatsAppContact.findUniqueOrThrow({ where: { id: message.whatsappContactId ?? "" } });
    expect(contact).toMatchObject({
      isGroup: remoteJid.endsWith("@g.us"),
      pn: remoteJid === PN ? PN : null,
      lid: { [PN]: "777@lid", "999@lid": "999@lid" }[remoteJid] ?? null,
      phoneNumber: null,
    });
  });

  it("goes through the session that connected last when the tenant's id stands for one", async () => {
    expect(await accepted(await post({ ...TEXT, sessionId: "t1" }))).toMatchObject({ sessionId: "s2" });
    const t2 = await tokenFor({ tenantId: "t2", sub: "u2" });
    expect(await accepted(await post({ ...TEXT, sessionId: "t2" }, { token: t2 }))).toMatchObject({ sessionId: "theirs" });
  });

  it("waits in a session that is on its way with credentials", async () => {
    expect(await accepted(await post({ ...TEXT, sessionId: "waking" }))).toMatchObject({ status: "PENDING" });
  });

  it("keeps the text as typed", async () => {
    const content = "  *bold* \n 😀\u{10FFFF}  ";
    expect((await accepted(await post({ ...TEXT, content }))).content).toBe(content);
    expect((await accepted(await post({ ...TEXT, content: "😀".repeat(65_536) }))).content).toHaveLength(131_072);
  });
});

describe("a key", () => {
  it("gives one message for the same send twenty times at once", async () => {
    const before = await counts();
    const toJid = "15550100056";
    const emitted = await emittedBy(api.database, async () => {
      const replies = await Promise.all(Array.from({ length: 20 }, () => post({ ...TEXT, toJid }, { key: "at-once" })));
      const bodies = await Promise.all(replies.map((reply) => reply.text()));
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(bodies).size).toBe(1);
      expect(replies.filter(({ headers }) => headers.get("idempotent-replayed") === "true")).toHaveLength(19);
    });
    expect(await counts()).toEqual(before.map((count) => count + 1));
    expect(emitted.map(({ event }) => event)).toEqual(["contact.created", "message.queued", "contact.updated"]);
  });

  it("gives one message on two replicas at once", async () => {
    const other = await startTestApi(db.url, {}, { realtime: UNREACHABLE_BROKER });
    const before = await counts();
    const request = {
      method: "POST",
      body: JSON.stringify(TEXT),
      headers: { "content-type": "application/json", "idempotency-key": "two-replicas" },
    };
    const replies = await Promise.all(Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? api : other).get("/api/whatsapp/send", request)));
    const ids = await Promise.all(replies.map(async (reply) => (await accepted(reply)).id));
    expect(new Set(ids).size).toBe(1);
    expect(await counts()).toEqual([(before[0] ?? 0) + 1, (before[1] ?? 0) + 1, before[2]]);
    await other.close();
  });

  it("is one key bare and quoted, on both paths, and answers with the message as it is now", async () => {
    const first = await accepted(await post(TEXT, { key: "one" }));
    await api.database.whatsAppMessage.update({ where: { id: first.id }, data: { status: "READ", readAt: new Date(9_000) } });
    await api.database.whatsAppSession.update({ where: { sessionId: "s1" }, data: { status: "DISCONNECTED" } });
    const emitted = await emittedBy(api.database, async () => {
      const reply = await post({ ...TEXT, toJid: "15550100001", unknown: 1 }, { key: '"one"', path: "send" });
      expect(reply.headers.get("idempotent-replayed")).toBe("true");
      expect(await accepted(reply)).toMatchObject({ id: first.id, status: "READ", readAt: new Date(9_000).toISOString() });
    });
    expect(emitted).toEqual([]);
    await api.database.whatsAppSession.update({ where: { sessionId: "s1" }, data: { status: "CONNECTED" } });
  });

  it.each([
    ["content", { content: "other" }],
    ["recipient", { toJid: "15550100002" }],
    ["session as sent", { sessionId: "s2" }],
    ["sender", { senderName: "Agent" }],
    ["quote", { quotedMessageId: "nowhere" }],
  ])("with another %s is 422, and the record stays", async (_name, other) => {
    const first = await accepted(await post(TEXT, { key: "kept" }));
    const before = await counts();
    const reply = await post({ ...TEXT, ...other }, { key: "kept" });
    expect([reply.status, await reply.text()]).toEqual([422, '{"error":"Idempotency-Key was used with another request"}']);
    expect(await counts()).toEqual(before);
    expect((await accepted(await post(TEXT, { key: "kept" }))).id).toBe(first.id);
  });

  it("is another one for another user, tenant or endpoint", async () => {
    const tokens = await Promise.all([tokenFor({}), tokenFor({ sub: "u9" }), tokenFor({ tenantId: "t2", sub: "u1" })]);
    const replies = await Promise.all(
      tokens.map(async (token, index) => accepted(await post({ ...TEXT, sessionId: index === 2 ? "theirs" : "s1" }, { key: "scoped", token }))),
    );
    expect(new Set(replies.map(({ id }) => id)).size).toBe(3);
  });

  it("is free again after a refusal", async () => {
    const refused = await post({ ...TEXT, sessionId: "off" }, { key: "refused" });
    expect(refused.status).toBe(409);
    expect((await accepted(await post(TEXT, { key: "refused" }))).content).toBe("hello");
  });

  it("that somebody holds for five seconds is 409", async () => {
    const holder = new Client({ connectionString: db.url });
    await holder.connect();
    await holder.query("begin");
    await holder.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [JSON.stringify(["t1", "u1", "sends.text", "held"])]);
    const before = await counts();
    const reply = await post(TEXT, { key: "held" });
    expect([reply.status, await reply.text(), reply.headers.get("retry-after")]).toEqual([
      409,
      '{"error":"A request with this Idempotency-Key is in progress"}',
      "1",
    ]);
    expect(await counts()).toEqual(before);
    await holder.query("rollback");
    await holder.end();
    await accepted(await post(TEXT, { key: "held" }));
  }, 15_000);
});

describe("a refused send writes nothing", () => {
  it.each<[string, unknown, number, string | object, Options?]>([
    ["no JSON", "{", 400, "Invalid JSON body"],
    ["a list", "[]", 400, "Invalid JSON body"],
    ["nothing", {}, 400, { error: "sessionId is required", details: ["sessionId is required", "toJid is required", "content is required"] }],
    [
      "null fields",
      { sessionId: null, toJid: null, content: null },
      400,
      { error: "sessionId is required", details: ["sessionId is required", "toJid is required", "content is required"] },
    ],
    ["a number for the session", { ...TEXT, sessionId: 5 }, 400, "sessionId is invalid"],
    ["a broadcast", { ...TEXT, toJid: "status@broadcast" }, 400, "toJid is invalid"],
    ["a short number", { ...TEXT, toJid: "12345" }, 400, "toJid is invalid"],
    ["blank content", { ...TEXT, content: " \n " }, 400, "content is required"],
    ["content that is too long", { ...TEXT, content: "x".repeat(65_537) }, 400, "content is invalid"],
    ["content with U+0000", { ...TEXT, content: "a\0b" }, 400, "content is invalid"],
    ["content with half a character", { ...TEXT, content: "a\ud800b" }, 400, "content is invalid"],
    ["a blank sender", { ...TEXT, senderName: " " }, 400, "senderName is invalid"],
    ["a long sender", { ...TEXT, senderName: "x".repeat(121) }, 400, "senderName is invalid"],
    ["a quote of another chat", { ...TEXT, toJid: "15550100002", quotedMessageId: "WA1" }, 400, "quotedMessageId is invalid"],
    ["a quote of another tenant", { ...TEXT, quotedMessageId: "WA2" }, 400, "quotedMessageId is invalid"],
    ["a bad key before bad fields", {}, 400, "Idempotency-Key is invalid", { key: "a b" }],
    ["no JSON before a bad key", "{", 400, "Invalid JSON body", { key: "a b" }],
    ["an unknown session", { ...TEXT, sessionId: "unknown" }, 404, "Session not found or access denied"],
    ["another tenant's session", { ...TEXT, sessionId: "theirs" }, 404, "Session not found or access denied"],
    ["another tenant's id", { ...TEXT, sessionId: "t2" }, 404, "Session not found or access denied"],
    ["a session that is off", { ...TEXT, sessionId: "off" }, 409, "Session is not connected"],
    ["a session without credentials", { ...TEXT, sessionId: "pairing" }, 409, "Session is not connected"],
    ["another type", "content=hello", 415, "Unsupported content type", { headers: { "content-type": "application/x-www-form-urlencoded" } }],
    ["too much", { ...TEXT, pad: "x".repeat(1_048_576) }, 413, "Payload too large"],
  ])("%s", async (...[, body, status, error, options = {}]) => {
    const before = await counts();
    const emitted = await emittedBy(api.database, async () => {
      const reply = await post(body, options);
      expect([reply.status, await reply.json()]).toEqual([status, typeof error === "string" ? { error } : error]);
    });
    expect(await counts()).toEqual(before);
    expect(emitted).toEqual([]);
  });

  it("without a tenant, after the fields", async () => {
    const token = await tokenFor({ tenantId: undefined });
    expect(await (await post({}, { token })).json()).toMatchObject({ error: "sessionId is required" });
    expect(await (await post(TEXT, { token })).json()).toEqual({ error: "User not associated with tenant" });
  });

  it("of a tenant with no connected session", async () => {
    const token = await tokenFor({ tenantId: "t3" });
    const reply = await post({ ...TEXT, sessionId: "t3" }, { token });
    expect([reply.status, await reply.json()]).toEqual([409, { error: "No active WhatsApp session found for this account" }]);
  });

  it("without a token", async () => {
    const reply = await fetch(`${api.url}/api/whatsapp/chat-messages`, { method: "POST", body: JSON.stringify(TEXT) });
    expect(reply.status).toBe(401);
  });
});

it("is limited per user, when a limit is set", async () => {
  const limited = await startTestApi(db.url, {}, { sendRatePerMinute: 2 });
  const send = () =>
    limited.get("/api/whatsapp/send", {
      method: "POST",
      body: JSON.stringify(TEXT),
      headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
    });
  const statuses = [(await send()).status, (await send()).status, (await send()).status];
  expect(statuses).toEqual([200, 200, 429]);
  await limited.close();
});
