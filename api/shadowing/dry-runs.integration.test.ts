import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dryRunReply, type DryRunReply } from "@ipnuo/domain/shadowing";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { databaseState } from "../testing/database-state.ts";
import { UNREACHABLE_BROKER } from "../testing/emitted.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { listenAsWorker } from "../testing/notifications.ts";
import { seedContact, seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { callShadow, SENDS_PATH } from "../testing/shadow-client.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const SECRET = "ab".repeat(32);
const PN = "15550100001@s.whatsapp.net";
const MAX_BYTES = 1_000;

let db: TestDatabase;
let folder: string;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  folder = await mkdtemp(join(tmpdir(), "dry-run-"));
  api = await startTestApi(db.url, {}, { realtime: UNREACHABLE_BROKER, mediaDir: folder, mediaMaxBytes: MAX_BYTES });
  const { database } = api;
  await seedTenants(database);
  await seedSession(database, { sessionId: "s1", status: "CONNECTED", sendSecret: SECRET, lastConnected: new Date(1_000) });
  await seedSession(database, { sessionId: "s2", status: "CONNECTED", sendSecret: SECRET, lastConnected: new Date(2_000) });
  await seedSession(database, { sessionId: "waking", status: "CONNECTING", creds: { me: 1 } });
  await seedSession(database, { sessionId: "pairing", status: "CONNECTING" });
  await seedSession(database, { sessionId: "off" });
  await seedSession(database, { sessionId: "theirs", tenantId: "t2", status: "CONNECTED" });
  await seedContact(database, { id: "k1", jid: PN, pn: PN, lid: "777@lid", name: "Alice" });
  await seedMessage(database, { id: "m1", sessionId: "s1", messageId: "WA1", remoteJid: PN, whatsappContactId: "k1", timestamp: new Date(5_000) });
});
afterAll(async () => {
  await api.close();
  await db.drop();
  await rm(folder, { recursive: true, force: true });
});

type Ask = { readonly key?: string | undefined; readonly token?: string | null; readonly headers?: Record<string, string> };
type Upload = { readonly content: string; readonly type: string; readonly name: string };

const authorized = async ({ token, headers = {} }: Ask): Promise<Record<string, string>> =>
  token === null ? headers : { authorization: `Bearer ${token ?? (await tokenFor({}))}`, ...headers };

async function dryRun(endpoint: string, body: object, ask: Ask & { readonly file?: Upload | undefined } = {}): Promise<DryRunReply> {
  const { key, file } = ask;
  const described = file && {
    name: file.name,
    mimeType: file.type,
    size: Buffer.byteLength(file.content),
    sha256: createHash("sha256").update(file.content).digest("hex"),
  };
  const reply = await callShadow(api, SENDS_PATH, { endpoint, body, idempotencyKey: key, file: described }, await authorized(ask));
  return expectExactly(dryRunReply, reply);
}

async function realText(body: object, ask: Ask = {}): Promise<Response> {
  const headers = {
    "content-type": "application/json",
    ...(ask.key === undefined ? {} : { "idempotency-key": ask.key }),
    ...(await authorized(ask)),
  };
  return api.get("/api/whatsapp/chat-messages", { method: "POST", token: null, body: JSON.stringify(body), headers });
}

async function realMedia(fields: Record<string, string>, file: Upload | undefined, { key }: Ask): Promise<Response> {
  const form = new FormData();
  if (file !== undefined) form.append("file", new Blob([file.content], { type: file.type }), file.name);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const headers = { ...(key === undefined ? {} : { "idempotency-key": key }), ...(await authorized({})) };
  return fetch(`${api.url}/api/whatsapp/send-media`, { method: "POST", body: form, headers });
}

/** The real answer as a dry run would give it: null for what only a written row has. */
async function asVerdict(real: Response, { key, isNew }: { key?: string | undefined; isNew?: boolean } = {}) {
  const body = (await real.json()) as { message?: Record<string, unknown> };
  if (body.message === undefined) return { status: real.status, body };
  const nulls = { id: null, timestamp: null, createdAt: null, updatedAt: null, mediaUrl: null, thumbnailUrl: null };
  const message = {
    ...body.message,
    ...nulls,
    ...(key === undefined ? { messageId: null } : {}),
    ...(isNew === true ? { whatsappContactId: null } : {}),
  };
  return { status: real.status, body: { ...body, message } };
}

/** The outbox row the real call made, as far as a dry run foretells it. */
async function enqueued(key: string | undefined) {
  const row = await api.database.whatsAppOutbox.findFirstOrThrow({ orderBy: { seq: "desc" }, include: { message: true } });
  const { sessionId, chatJid, kind, payloadHash, message } = row;
  const { messageType, content, messageId } = message;
  return { sessionId, chatJid, kind, messageType, content, messageId: key === undefined ? null : messageId, payloadHash };
}

const TEXT = { sessionId: "s1", toJid: PN, content: "hello" };

describe("a dry run of a text", () => {
  it.each<[string, object, Ask & { isNew?: boolean }]>([
    ["to a known contact", TEXT, {}],
    ["under a key", TEXT, { key: "k-1" }],
    ["under a quoted key", TEXT, { key: '"k 2"' }],
    ["to a number nobody wrote to", { ...TEXT, toJid: "+15550100077" }, { isNew: true }],
    ["to a group", { ...TEXT, toJid: "12036300000000001@g.us" }, { isNew: true }],
    ["to a LID whose phone is known", { ...TEXT, toJid: "777@lid" }, {}],
    ["to a LID nobody knows", { ...TEXT, toJid: "888@lid" }, { isNew: true }],
    ["with a name and a quotation", { ...TEXT, senderName: "  Agent ", quotedMessageId: "WA1" }, {}],
    ["by the tenant's id", { ...TEXT, sessionId: "t1" }, {}],
    ["by a session on its way", { ...TEXT, sessionId: "waking" }, {}],
    ["with a space around it", { ...TEXT, content: " hi \n" }, {}],
  ])("%s foretells the answer and the outbox row", async (_name, body, { key, isNew = false }) => {
    const before = await databaseState(api.database);
    const worker = await listenAsWorker(db.url);
    const foretold = await dryRun("sends.text", body, { key });
    expect(await databaseState(api.database)).toEqual(before);
    expect(await worker.take()).toEqual([]);
    await worker.close();
    const real = await realText(body, { key });
    expect(real.status).toBe(200);
    expect(foretold.verdict).toEqual(await asVerdict(real, { key, isNew }));
    expect(foretold.wouldEnqueue).toEqual(await enqueued(key));
  });

  it.each<[string, object, Ask]>([
    ["nothing", {}, {}],
    ["no content", { ...TEXT, content: "  " }, {}],
    ["a bad address and text", { ...TEXT, toJid: "status@broadcast", content: 7 }, {}],
    ["a bad quotation", { ...TEXT, quotedMessageId: "nothing" }, {}],
    ["an unknown session", { ...TEXT, sessionId: "nope" }, {}],
    ["a foreign session", { ...TEXT, sessionId: "theirs" }, {}],
    ["a session without credentials", { ...TEXT, sessionId: "pairing" }, {}],
    ["a stopped session", { ...TEXT, sessionId: "off" }, {}],
    ["a malformed key", TEXT, { key: "a b" }],
    ["a nesting too deep", { ...TEXT, deep: JSON.parse(`${"[".repeat(40)}${"]".repeat(40)}`) as unknown }, {}],
    ["more than a mebibyte", { ...TEXT, more: "x".repeat(1_048_577) }, {}],
    ["no token", TEXT, { token: null }],
    ["a forged token", TEXT, { token: "junk" }],
    ["a cookie from elsewhere", TEXT, { token: null, headers: { cookie: "next-auth.session-token=junk", origin: "https://evil.example" } }],
  ])("of %s foretells the refusal", async (_name, body, ask) => {
    const foretold = await dryRun("sends.text", body, ask);
    const real = await realText(body, ask);
    expect(real.status).toBeGreaterThanOrEqual(400);
    expect(foretold).toEqual({ success: true, verdict: await asVerdict(real), wouldEnqueue: null });
  });

  it("is the client's own: another tenant's, one without a tenant, a cookie's, and one that forges it", async () => {
    const [theirs, nobody, good] = [await tokenFor({ tenantId: "t2", sub: "u2" }), await tokenFor({ tenantId: undefined }), await tokenFor({})];
    const verdictOf = async (ask: Ask) => (await dryRun("sends.text", TEXT, ask)).verdict;
    expect(await verdictOf({ token: theirs })).toEqual({ status: 404, body: { error: "Session not found or access denied" } });
    expect(await verdictOf({ token: nobody })).toEqual({ status: 400, body: { error: "User not associated with tenant" } });
    const cookie = `next-auth.session-token=${good}`;
    expect((await verdictOf({ token: null, headers: { cookie } })).status).toBe(200);
    expect((await verdictOf({ token: null, headers: { cookie, origin: "https://evil.example" } })).status).toBe(403);
  });

  it("under a used key foretells the replay, and the refusal of another payload", async () => {
    await realText(TEXT, { key: "used" });
    await api.database.whatsAppMessage.updateMany({ where: { outbox: { idempotencyKey: "used" } }, data: { status: "SENT" } });
    const again = await dryRun("sends.text", TEXT, { key: "used" });
    expect(again).toEqual({ success: true, verdict: await asVerdict(await realText(TEXT, { key: "used" }), { key: "used" }), wouldEnqueue: null });
    expect(again.verdict.body).toMatchObject({ message: { status: "SENT" } });
    const other = await dryRun("sends.text", { ...TEXT, content: "other" }, { key: "used" });
    expect(other).toEqual({
      success: true,
      verdict: { status: 422, body: { error: "Idempotency-Key was used with another request" } },
      wouldEnqueue: null,
    });
  });
});

const FIELDS = { sessionId: "s1", toJid: PN };
const upload = (type: string, name = "a.bin", content = `content of ${name}`): Upload => ({ type, name, content });

describe("a dry run of a media send", () => {
  it.each<[string, Record<string, string>, Upload, string?]>([
    ["picture with a caption", { ...FIELDS, content: "look", senderName: "Agent" }, upload("image/png", "a.png")],
    ["picture under a key", FIELDS, upload("image/png", "b.png"), "m-1"],
    ["sticker, whose caption goes", { ...FIELDS, content: "gone", asSticker: "true" }, upload("image/webp", "s.webp")],
    ["sound", { ...FIELDS, content: "gone" }, upload("audio/ogg", "s.ogg")],
    ["picture as a document", { ...FIELDS, asDocument: "true" }, upload("image/png", "d.png")],
    ["script in a picture", FIELDS, upload("image/svg+xml", "x.svg")],
    ["file with parameters and a path", FIELDS, upload("Text/Plain; charset=utf-8", "notes.txt")],
  ])("of a %s foretells the answer and the outbox row", async (_name, fields, file, key) => {
    const before = await databaseState(api.database);
    const foretold = await dryRun("sends.media", fields, { key, file });
    expect(await databaseState(api.database)).toEqual(before);
    const real = await realMedia(fields, file, { key });
    expect(real.status).toBe(200);
    expect(foretold.verdict).toEqual(await asVerdict(real, { key }));
    expect(foretold.wouldEnqueue).toEqual(await enqueued(key));
  });

  it.each<[string, Record<string, string>, Upload | undefined]>([
    ["no field at all", { asSticker: "false" }, undefined],
    ["no file", FIELDS, undefined],
    ["an empty file", FIELDS, upload("image/png", "a.png", "")],
    ["a file too large", FIELDS, upload("image/png", "a.png", "x".repeat(MAX_BYTES + 1))],
    ["a caption too long", { ...FIELDS, content: "x".repeat(1_025) }, upload("image/png")],
    ["a flag that is none", { ...FIELDS, asSticker: "yes" }, upload("image/webp")],
    ["a stopped session", { ...FIELDS, sessionId: "off" }, upload("image/png")],
  ])("of %s foretells the refusal", async (_name, fields, file) => {
    const foretold = await dryRun("sends.media", fields, { file });
    const real = await realMedia(fields, file, {});
    expect(real.status).toBeGreaterThanOrEqual(400);
    expect(foretold).toEqual({ success: true, verdict: await asVerdict(real), wouldEnqueue: null });
  });

  it("leaves no file", async () => {
    const files = async () => (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
    const before = await files();
    await dryRun("sends.media", FIELDS, { file: upload("image/png", "new.png") });
    expect(await files()).toBe(before);
  });
});

describe("a dry run", () => {
  it("counts for no rate limit, and none counts for it", async () => {
    const limited = await startTestApi(db.url, {}, { sendRatePerMinute: 1 });
    try {
      const run = async () => {
        const headers = await authorized({});
        return (await expectExactly(dryRunReply, await callShadow(limited, SENDS_PATH, { endpoint: "sends.text", body: TEXT }, headers))).verdict
          .status;
      };
      expect([await run(), await run()]).toEqual([200, 200]);
      expect((await limited.post("/api/whatsapp/chat-messages", TEXT)).status).toBe(200);
      expect((await limited.post("/api/whatsapp/chat-messages", TEXT)).status).toBe(429);
      expect(await run()).toBe(200);
    } finally {
      await limited.close();
    }
  });

  it.each([
    [{ endpoint: "sessions.connect" }, "endpoint is invalid"],
    [{ body: "text" }, "body is invalid"],
    [{ body: null }, "body is required"],
    [{ file: { name: "a", mimeType: "a/b", size: 1, sha256: "short" } }, "file.sha256 is invalid"],
  ])("that is asked with %j is refused itself", async (wrong, error) => {
    const reply = await callShadow(api, SENDS_PATH, { endpoint: "sends.text", body: TEXT, ...wrong }, await authorized({}));
    expect([reply.status, await reply.json()]).toEqual([400, { error }]);
  });

  it("is an unknown path without the role", async () => {
    expect((await api.post(SENDS_PATH, { endpoint: "sends.text", body: TEXT })).status).toBe(404);
  });
});
