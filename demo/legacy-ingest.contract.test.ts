import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createHash } from "node:crypto";
import { bearer, insertSession, OTHER_TENANT, SESSION, TENANT, tokenOf, useApp, workerToken } from "../testing/legacy-app.ts";
import { startBroker, type Broker } from "../testing/listening-broker.ts";

const PHONE = "15550100001";
const PN = `${PHONE}@s.whatsapp.net`;
const LID = "900001@lid";
const GROUP = "123456-789@g.us";
const AT = "2026-11-24T10:00:00.000Z";
const LATER = "2026-11-24T11:00:00.000Z";
const HASH = createHash("sha256").update("x").digest("hex");
const KEY = `${TENANT}/${HASH.slice(0, 2)}/${HASH}`;

let broker: Broker;
beforeAll(async () => {
  broker = await startBroker();
});
const app = useApp(() => ({ ...broker.env, SERVICE_TOKEN_SECRET: "the-new-service-secret,service-secret-for-tests-only" }));
afterAll(() => broker.close());

beforeAll(() => insertSession(app().database, { sessionId: "foreign", tenantId: OTHER_TENANT }));

beforeEach(async () => {
  const tables = [
    "whatsapp_messages",
    "crm_activities",
    "crm_session_summaries",
    "contact_transfer_requests",
    "whatsapp_contacts",
    "chatbot_contacts",
  ];
  for (const table of tables) await app().database.query(`delete from ${table}`);
  await app().database.query(
    `update whatsapp_sessions set status = 'CONNECTING', "desiredState" = 'RUNNING', "isActive" = false, name = null, "qrCode" = null, "stateEpoch" = 0, "stateSeq" = 0, "leaseEpoch" = 1, "lastDisconnectReason" = null`,
  );
  broker.take();
});

type Answer = { readonly status: number; readonly json: Record<string, unknown> };

async function post(
  path: string,
  body: unknown,
  token = workerToken("ingest:sessions ingest:messages ingest:contacts ingest:media"),
): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${app().baseUrl}/api/internal/whatsapp/${path}`, {
    method: "POST",
    headers: { ...bearer(token), "content-type": "application/json" },
    body: text,
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

type Result = { readonly key: string; readonly outcome: string; readonly id: string | null; readonly error: string | null };

async function ingest(path: string, ...items: readonly object[]): Promise<Result[]> {
  const { status, json } = await post(path, { sessionId: SESSION, items });
  expect({ status, json }).toMatchObject({ status: 200, json: { success: true } });
  return json["results"] as Result[];
}

const outcomes = (results: readonly Result[]): string[] => results.map(({ outcome }) => outcome);

async function rows(table: string): Promise<Record<string, unknown>[]> {
  const { rows: found } = await app().database.query<Record<string, unknown>>(`select * from ${table} order by "createdAt", id`);
  return found;
}

async function only(table: string): Promise<Record<string, unknown>> {
  const found = await rows(table);
  expect(found).toHaveLength(1);
  return found[0] ?? {};
}

const message = (fields: object = {}): object => ({
  messageId: "M1",
  remoteJid: PN,
  fromMe: false,
  pushName: "Ana",
  timestamp: AT,
  source: "live",
  messageType: "TEXT",
  content: "hello",
  ...fields,
});

const eventsOf = async (last: string): Promise<string[]> => (await broker.until(last)).map(({ event }) => event);

describe("messages", () => {
  test("a live message makes contact, chatbot contact and row, and is told in order, once", async () => {
    const [result] = await ingest("messages", message({ metadata: { pushName: "Ana", raw: { key: "secret" } } }));
    expect(result).toEqual({ key: "M1", outcome: "created", id: expect.any(String), error: null });
    expect(await only("whatsapp_messages")).toMatchObject({
      id: result?.id,
      remoteJid: PN,
      status: "PENDING",
      content: "hello",
      metadata: { pushName: "Ana" },
    });
    const chatbot = await only("chatbot_contacts");
    expect(chatbot).toMatchObject({ type: "CONTACT", phone: PHONE, displayName: "Ana", tenantId: TENANT });
    expect(await only("whatsapp_contacts")).toMatchObject({
      jid: PN,
      pn: PN,
      lid: null,
      phoneNumber: PHONE,
      name: "Ana",
      unreadCount: 1,
      sessionId: SESSION,
      chatbotContactId: chatbot["id"],
      lastMessageAt: expect.any(Date),
    });
    const heard = await broker.until("contact.updated");
    expect(heard.map(({ event }) => event)).toEqual(["contact.created", "message.received", "contact.updated"]);
    expect(heard[1]?.data).toMatchObject({ contactId: chatbot["id"], contactName: "Ana", content: "hello", sessionId: SESSION, tenantId: TENANT });
    expect(heard[2]?.data).toMatchObject({ unreadCount: 1, lastMessagePreview: "hello", lastMessageAt: AT });

    expect(outcomes(await ingest("messages", message({ metadata: { pushName: "Ana" } })))).toEqual(["unchanged"]);
    expect(await only("whatsapp_contacts")).toMatchObject({ unreadCount: 1 });
    expect(broker.take()).toEqual([]);
  });

  test("a batch is one transaction with one change per contact", async () => {
    await ingest("messages", message(), message({ messageId: "M2", timestamp: LATER, content: null, messageType: "IMAGE" }));
    const heard = await broker.until("contact.updated");
    expect(heard.map(({ event }) => event)).toEqual(["contact.created", "message.received", "message.received", "contact.updated"]);
    expect(heard[3]?.data).toMatchObject({ unreadCount: 2, lastMessagePreview: "[IMAGE]", lastMessageAt: LATER });
  });

  test("history is stored without a word", async () => {
    await ingest("messages", message({ source: "history" }), message({ source: "history", messageId: "M2", fromMe: true }));
    expect((await rows("whatsapp_messages")).map(({ status }) => status)).toEqual(["READ", "SENT"]);
    expect(await only("whatsapp_contacts")).toMatchObject({ unreadCount: 0, name: "Ana" });
    expect(broker.take()).toEqual([]);
  });

  test("an own message from another device names nobody and is not unread", async () => {
    await ingest("messages", message({ source: "append", fromMe: true, pushName: "Me", status: "DELIVERED" }));
    expect(await only("whatsapp_messages")).toMatchObject({ fromMe: true, status: "DELIVERED", senderId: null });
    expect(await only("whatsapp_contacts")).toMatchObject({ name: null, unreadCount: 0 });
    expect(await eventsOf("contact.updated")).toContain("message.received");
  });

  test("a group keeps its name to itself and has a chatbot contact of its kind", async () => {
    await ingest("messages", message({ remoteJid: GROUP, participant: PN }));
    expect(await only("whatsapp_contacts")).toMatchObject({ jid: GROUP, isGroup: true, name: null, pn: null, lid: null, phoneNumber: null });
    expect(await only("chatbot_contacts")).toMatchObject({ type: "GROUP", phone: null });
  });

  test("somebody known by a LID alone has no number and no chatbot contact", async () => {
    await ingest("messages", message({ remoteJid: LID }));
    expect(await only("whatsapp_contacts")).toMatchObject({ jid: LID, lid: LID, pn: null, phoneNumber: null, chatbotContactId: null });
    expect(await rows("chatbot_contacts")).toEqual([]);
  });

  test("broadcasts are skipped, bad items rejected, and the others applied", async () => {
    const results = await ingest(
      "messages",
      message({ remoteJid: "status@broadcast" }),
      message({ remoteJid: "1@newsletter" }),
      message({ messageId: "bad-1", remoteJid: "nonsense" }),
      message({ messageId: "bad-2", timestamp: "2026-02-30T10:00:00Z" }),
      message({ messageId: "bad-3", content: "a\u0000b" }),
      message({ messageId: "bad-4", metadata: { pushName: "\ud800" } }),
      message({ messageId: "bad-5", source: "elsewhere", fromMe: "yes" }),
      message(),
    );
    expect(outcomes(results)).toEqual(["skipped", "skipped", "rejected", "rejected", "rejected", "rejected", "rejected", "created"]);
    expect(results.slice(2, 7).map(({ key, error }) => [key, error])).toEqual([
      ["bad-1", "remoteJid is invalid"],
      ["bad-2", "timestamp is invalid"],
      ["bad-3", "content is invalid"],
      ["bad-4", "metadata is invalid"],
      ["bad-5", "fromMe is invalid"],
    ]);
    expect(await rows("whatsapp_messages")).toHaveLength(1);
  });

  test("a message that comes again with more is refreshed, its status is not", async () => {
    await ingest("messages", message({ content: null, metadata: { unsupported: "x" } }));
    await app().database.query(
      `update whatsapp_messages set status = 'READ', metadata = metadata || '{"reactions":[{"from":"a","emoji":"b","at":"c"}]}'`,
    );
    expect(outcomes(await ingest("messages", message({ content: "", messageType: "AUDIO" })))).toEqual(["updated"]);
    expect(await only("whatsapp_messages")).toMatchObject({
      content: null,
      messageType: "AUDIO",
      status: "READ",
      metadata: { reactions: [{ from: "a", emoji: "b", at: "c" }] },
    });
  });

  test("the echo of our own send is proof that it went out, and nothing else", async () => {
    const sent = await fetch(`${app().baseUrl}/api/whatsapp/send`, {
      method: "POST",
      headers: { ...bearer(), "content-type": "application/json" },
      body: JSON.stringify({ sessionId: SESSION, toJid: PHONE, content: "out" }),
    });
    if (sent.status === 409) await app().database.query(`update whatsapp_sessions set status = 'CONNECTED'`);
    const again = await fetch(`${app().baseUrl}/api/whatsapp/send`, {
      method: "POST",
      headers: { ...bearer(), "content-type": "application/json" },
      body: JSON.stringify({ sessionId: SESSION, toJid: PHONE, content: "out" }),
    });
    const { message: own } = (await again.json()) as { message: { messageId: string } };
    await broker.until("contact.updated");
    const echo = message({ messageId: own.messageId, fromMe: true, source: "append", content: "*Ana:* out" });
    expect(outcomes(await ingest("messages", echo, echo))).toEqual(["updated", "unchanged"]);
    expect(await only("whatsapp_messages")).toMatchObject({ status: "SENT", content: "out" });
    expect(await only("whatsapp_outbox")).toMatchObject({ state: "SENT", settledAt: expect.any(Date) });
    expect(await eventsOf("message.sent")).toEqual(["message.sent"]);
  });

  test("media is expected until the worker has stored it, then stays", async () => {
    await ingest(
      "messages",
      message({ messageType: "IMAGE", content: null, media: { mimeType: "image/jpeg", size: 5, remote: { directPath: "/x" } } }),
    );
    expect(await only("whatsapp_media")).toMatchObject({ state: "PENDING", mimeType: "image/jpeg", remote: { directPath: "/x" } });
    await broker.until("contact.updated");
    const stored = { messageId: "M1", state: "STORED", sha256: HASH, mimeType: "image/png", size: 1, storageKey: KEY };
    const results = await ingest(
      "media",
      { ...stored, storageKey: KEY.replace(TENANT, OTHER_TENANT) },
      { ...stored, storageKey: "../../etc/passwd" },
      { ...stored, storageKey: undefined },
      { messageId: "nobody", state: "FAILED" },
      { messageId: "M1", state: "FAILED", errorCode: "404" },
      { messageId: "M1", state: "EXPIRED" },
      stored,
      { messageId: "M1", state: "FAILED" },
      stored,
    );
    expect(outcomes(results)).toEqual(["rejected", "rejected", "rejected", "skipped", "updated", "unchanged", "updated", "unchanged", "unchanged"]);
    const row = await only("whatsapp_messages");
    expect(row).toMatchObject({ mediaUrl: `/api/whatsapp/media/${String(row["id"])}`, mediaMimeType: "image/png", mediaSize: 1, thumbnailUrl: null });
    const heard = await broker.until("media.processed", 2);
    expect(heard.map(({ event, data }) => [event, data["state"]])).toEqual([
      ["media.processed", "FAILED"],
      ["media.processed", "STORED"],
    ]);
  });
});

describe("what becomes of own messages", () => {
  beforeEach(async () => {
    await ingest("messages", message({ fromMe: true, status: "PENDING" }), message({ messageId: "IN" }));
    await broker.until("contact.updated");
  });

  test("a status rises and never falls", async () => {
    const status = (name: string, fields: object = {}) => ({ messageId: "M1", status: name, at: AT, ...fields });
    const results = await ingest(
      "messages/status",
      status("FAILED", { errorCode: 463, errorMessage: "no" }),
      status("SENT"),
      status("FAILED"),
      status("READ", { at: LATER }),
      status("DELIVERED"),
      { ...status("READ"), messageId: "IN" },
      { ...status("READ"), messageId: "nobody" },
      status("PENDING"),
    );
    expect(outcomes(results)).toEqual(["updated", "updated", "unchanged", "updated", "unchanged", "skipped", "skipped", "rejected"]);
    const [own] = await rows("whatsapp_messages");
    expect(own).toMatchObject({ status: "READ", deliveredAt: null, errorMessage: null });
    const heard = await broker.until("message.status", 2);
    expect(heard.map(({ event }) => event)).toEqual(["message.status", "message.sent", "message.status"]);
    expect(heard[0]?.data).toMatchObject({ status: "FAILED", errorMessage: "no" });
    expect(heard[0]?.data).not.toHaveProperty("readAt");
    expect(heard[2]?.data).toMatchObject({ status: "READ", readAt: LATER });
  });

  test("reactions, edits and deletions change a message, and the chat list when it is the newest", async () => {
    const change = (fields: object) => ({ messageId: "IN", actorJid: PN, at: AT, ...fields });
    const results = await ingest(
      "messages/changes",
      change({ kind: "reaction", emoji: "👍" }),
      change({ kind: "reaction", emoji: "👍" }),
      change({ kind: "edit", content: "better" }),
      change({ kind: "delete", at: LATER }),
      change({ kind: "edit", content: "too late", at: LATER }),
      { ...change({ kind: "delete" }), messageId: "nobody" },
      change({ kind: "shout" }),
    );
    expect(outcomes(results)).toEqual(["updated", "unchanged", "updated", "updated", "unchanged", "skipped", "rejected"]);
    const incoming = (await rows("whatsapp_messages")).find((row) => row["messageId"] === "IN");
    expect(incoming).toMatchObject({ content: null, metadata: { editedAt: AT, deletedAt: LATER, reactions: [{ from: PN, emoji: "👍", at: AT }] } });
    const events = (await broker.until("contact.updated")).map(({ event }) => event);
    expect(events).toEqual(["message.reaction", "message.edited", "message.deleted", "contact.updated"]);
    expect(outcomes(await ingest("messages", message({ messageId: "IN", content: "again" })))).toEqual(["unchanged"]);
  });
});

describe("contacts", () => {
  const contact = (fields: object) => ({ jid: PN, ...fields });

  test("what is not said stays", async () => {
    expect(outcomes(await ingest("contacts", contact({ name: "Ana" }), contact({ name: null, isBusiness: true }), contact({})))).toEqual([
      "created",
      "updated",
      "unchanged",
    ]);
    expect(await only("whatsapp_contacts")).toMatchObject({ name: "Ana", isBusiness: true, sessionId: SESSION });
  });

  test("a LID that gains its number is called by it, and so are its messages", async () => {
    await ingest("messages", message({ remoteJid: LID }));
    await broker.until("contact.updated");
    await ingest("contacts", { jid: LID, pn: PN });
    expect(await only("whatsapp_contacts")).toMatchObject({ jid: PN, lid: LID, pn: PN, phoneNumber: PHONE });
    expect(await only("whatsapp_messages")).toMatchObject({ remoteJid: PN });
    expect(await only("chatbot_contacts")).toMatchObject({ phone: PHONE });
    expect(await eventsOf("contact.updated")).toEqual(["contact.updated"]);
  });

  test("two halves of one person become one row", async () => {
    const { database } = app();
    await ingest("messages", message({ remoteJid: LID, pushName: "Ana", timestamp: LATER }), message({ messageId: "M2", pushName: undefined }));
    await broker.until("contact.updated", 2);
    const ids = Object.fromEntries((await rows("whatsapp_contacts")).map((row) => [row["jid"], row["id"]]));
    await database.query(
      `update whatsapp_contacts set "createdAt" = '2020-01-01', "sessionStatus" = 'OPEN', "sessionStartedAt" = now(), "userId" = 'user-a' where jid = $1`,
      [LID],
    );
    for (const [index, contactId] of [ids[PN], ids[LID]].entries()) {
      await database.query(
        `insert into contact_transfer_requests (id, "contactId", "toUserId", "requestedById", "createdAt", "updatedAt") values ($1, $2, 'user-a', 'user-a', now() + $3, now())`,
        [`t${index}`, contactId, `${index} hours`],
      );
      await database.query(`insert into crm_activities (id, "tenantId", "contactId", type, text) values ($1, $2, $3, 'note', 'x')`, [
        `a${index}`,
        TENANT,
        contactId,
      ]);
    }
    await ingest("messages", message({ messageId: "M3", remoteJid: LID, remoteJidAlt: PN, timestamp: "2026-11-24T12:00:00.000Z" }));
    expect(await only("whatsapp_contacts")).toMatchObject({
      id: ids[PN],
      jid: PN,
      pn: PN,
      lid: LID,
      name: "Ana",
      unreadCount: 3,
      sessionStatus: "OPEN",
      userId: "user-a",
      createdAt: expect.any(Date),
    });
    expect((await rows("whatsapp_messages")).map((row) => [row["remoteJid"], row["whatsappContactId"]])).toEqual(
      Array.from({ length: 3 }, () => [PN, ids[PN]]),
    );
    expect((await rows("contact_transfer_requests")).map(({ contactId, status }) => [contactId, status])).toEqual([
      [ids[PN], "PENDING"],
      [ids[PN], "CANCELLED"],
    ]);
    expect((await rows("crm_activities")).map(({ contactId }) => contactId)).toEqual([ids[PN], ids[PN]]);
    expect(await eventsOf("contact.updated")).toEqual(["message.received", "contact.updated"]);
  });

  test("newer evidence wins over a pair that is known, and nothing is merged", async () => {
    const [otherPn, otherLid] = ["15550100002@s.whatsapp.net", "900002@lid"];
    await ingest("contacts", { jid: PN, lid: LID }, { jid: otherPn, lid: otherLid });
    await ingest("contacts", { jid: PN, lid: otherLid });
    expect((await rows("whatsapp_contacts")).map(({ pn, lid }) => [pn, lid])).toEqual([
      [PN, otherLid],
      [otherPn, null],
    ]);
  });

  test("a chatbot contact with exactly that number is taken, in the tenant alone", async () => {
    const insert = `insert into chatbot_contacts (id, "tenantId", "displayName", phone, "updatedAt") values ($1, $2, 'Known', $3, now())`;
    await app().database.query(insert, ["theirs", OTHER_TENANT, PHONE]);
    await app().database.query(insert, ["ours", TENANT, PHONE]);
    await ingest("contacts", contact({ name: "Ana" }));
    expect(await only("whatsapp_contacts")).toMatchObject({ chatbotContactId: "ours" });
  });

  test("two sessions of a tenant that meet the same people at once make each of them once", async () => {
    await insertSession(app().database, { sessionId: "second", tenantId: TENANT });
    const people = Array.from({ length: 30 }, (_, index) => ({ jid: `1555020${String(index).padStart(4, "0")}@s.whatsapp.net`, name: `P${index}` }));
    const batches = [SESSION, "second"].flatMap((sessionId) => [people, people.toReversed()].map((items) => post("contacts", { sessionId, items })));
    expect((await Promise.all(batches)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await rows("whatsapp_contacts")).toHaveLength(30);
    await app().database.query(`delete from whatsapp_sessions where "sessionId" = 'second'`);
  });
});

test("a group's people come, go and are told", async () => {
  const participants = [{ jid: PN, admin: true }];
  const results = await ingest(
    "groups",
    { jid: GROUP, subject: "Team", participants },
    { jid: GROUP, subject: "Team", participants },
    { jid: GROUP, action: "add", jids: [LID] },
    { jid: GROUP, action: "add", jids: [LID] },
    { jid: PN, subject: "no group" },
  );
  expect(outcomes(results)).toEqual(["created", "unchanged", "updated", "unchanged", "rejected"]);
  expect(await only("whatsapp_contacts")).toMatchObject({
    name: "Team",
    isGroup: true,
    metadata: { participants: [...participants, { jid: LID, admin: false }] },
  });
  const heard = await broker.until("group.participants");
  expect(heard.map(({ event }) => event)).toEqual(["contact.created", "group.updated", "group.updated", "group.participants"]);
  expect(heard.map(({ data }) => data["participantCount"] ?? data["participants"])).toEqual([undefined, 1, 2, [LID]]);
});

describe("sessions", () => {
  const state = (fields: object) => ({ epoch: 1, seq: 1, status: "CONNECTED", reconnectAttempts: 0, occurredAt: AT, ...fields });
  const report = (fields: object) => post(`sessions/${SESSION}/state`, state(fields));

  test("an open socket is stored and told once", async () => {
    expect(await report({ phoneNumber: PHONE, accountName: "Shop" })).toEqual({ status: 200, json: { success: true, outcome: "updated" } });
    expect(await report({ phoneNumber: PHONE })).toEqual({ status: 200, json: { success: true, outcome: "unchanged" } });
    const heard = await broker.until("connection.update");
    expect(heard.map(({ data }) => data)).toMatchObject([{ status: "connected", connection: "open", phoneNumber: PHONE, accountName: "Shop" }]);
    expect((await rows("whatsapp_sessions")).find(({ sessionId }) => sessionId === SESSION)).toMatchObject({
      status: "CONNECTED",
      isActive: true,
      name: "Shop",
    });
  });

  test("a QR is told after the state it belongs to, and goes with it", async () => {
    const qr = (fields: object) => post(`sessions/${SESSION}/qr`, { epoch: 1, occurredAt: AT, ...fields });
    await qr({ seq: 1, qr: "2@a" });
    expect((await qr({ seq: 2, qr: "2@a" })).json).toEqual({ success: true, outcome: "unchanged" });
    await qr({ seq: 3, qr: "2@b" });
    expect((await broker.until("qr.code", 2)).map(({ event }) => event)).toEqual(["connection.update", "qr.code", "qr.code"]);
    await report({ seq: 4, status: "DISCONNECTED", reason: "qr_timeout", code: 408, message: "QR refs attempts ended" });
    const row = (await rows("whatsapp_sessions")).find(({ sessionId }) => sessionId === SESSION);
    expect(row).toMatchObject({ status: "DISCONNECTED", qrCode: null, desiredState: "STOPPED", lastDisconnectReason: "qr_timeout" });
    expect((await broker.until("connection.update")).at(-1)?.data).toMatchObject({
      status: "disconnected",
      connection: "close",
      reason: "qr_timeout",
      lastDisconnect: { error: { message: "QR refs attempts ended", statusCode: 408 } },
    });
    expect(await report({ seq: 5, status: "CONNECTING" })).toEqual({ status: 409, json: { error: "Session is stopped" } });
    expect((await qr({ seq: 5 })).json).toEqual({ error: "qr is required" });
  });

  test("a worker that lost its lease is told to stop", async () => {
    expect(await report({ epoch: 0 })).toEqual({ status: 409, json: { error: "Lease epoch is stale" } });
    expect((await report({ status: "PAUSED", epoch: -1 })).json).toEqual({
      error: "epoch is invalid",
      details: ["epoch is invalid", "status is invalid"],
    });
    expect((await post("sessions/nobody/state", state({}))).json).toEqual({ error: "Session not found or access denied" });
  });
});

describe("who may call", () => {
  test.each([
    ["no token", "", 401, "Unauthorized"],
    ["a user's token", tokenOf(TENANT, "super_admin"), 401, "Unauthorized"],
    ["another scope", workerToken("ingest:contacts"), 403, "Forbidden"],
    ["a worker's token of another secret", workerToken("ingest:messages", {}, "somebody-else's-secret"), 401, "Unauthorized"],
  ])("%s is refused", async (_name, token, status, error) => {
    expect(await post("messages", "not json", token)).toEqual({ status, json: { error } });
  });

  test("envelopes must be good, and sessions known", async () => {
    expect((await post("messages", "[]")).json).toEqual({ error: "Invalid JSON body" });
    expect((await post("messages", {})).json).toEqual({ error: "sessionId is required", details: ["sessionId is required", "items is required"] });
    expect((await post("messages", { sessionId: SESSION, items: [] })).json).toEqual({ error: "items is invalid" });
    expect((await post("messages", { sessionId: SESSION, items: Array.from({ length: 101 }, () => message()) })).status).toBe(400);
    expect(await post("messages", { sessionId: "nobody", items: [message()] })).toEqual({
      status: 404,
      json: { error: "Session not found or access denied" },
    });
    expect((await post("nothing", {})).json).toEqual({ error: "Not found" });
  });

  test("the tenant is the session's, whatever the body says", async () => {
    await post("messages", { sessionId: "foreign", tenantId: TENANT, items: [message()] });
    expect(await only("whatsapp_contacts")).toMatchObject({ tenantId: OTHER_TENANT });
  });

  test("a batch of a hundred is quick enough for its transaction", async () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      message({ messageId: `B${index}`, remoteJid: `1555030${String(index).padStart(4, "0")}@s.whatsapp.net` }),
    );
    expect(new Set(outcomes(await ingest("messages", ...many)))).toEqual(new Set(["created"]));
  });
});
