import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EVENTS, type EventName } from "@ipnuo/domain/events";
import type { DerivationReply } from "@ipnuo/domain/shadowing";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { databaseState } from "../testing/database-state.ts";
import { emittedBy, UNREACHABLE_BROKER, type Emitted } from "../testing/emitted.ts";
import { createIngestClient, type IngestClient } from "../testing/ingest-client.ts";
import { seedContact, seedSession, seedTenants } from "../testing/seed.ts";
import { callShadow, EMISSIONS_PATH } from "../testing/shadow-client.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const PN = "15550100001@s.whatsapp.net";
const GROUP = "12036300000000001@g.us";
const SHA = "ab".repeat(32);
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString();

let db: TestDatabase;
let api: TestApi;
let ingest: IngestClient;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url, {}, { realtime: UNREACHABLE_BROKER });
  ingest = await createIngestClient(api);
  await seedTenants(api.database);
  await api.database.user.createMany({
    data: [
      { id: "boss", tenantId: "t1", email: "boss@example.com", name: "Boss", role: "admin" },
      { id: "chief", tenantId: "t1", email: "chief@example.com", role: "super_admin" },
      { id: "owner", tenantId: "t1", email: "owner@example.com", name: "Owner" },
    ],
  });
});
afterAll(async () => {
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  const { database } = api;
  await database.realtimeOutbox.deleteMany();
  await database.whatsAppSession.deleteMany();
  await database.whatsAppContact.deleteMany();
  await database.chatbotContact.deleteMany();
  const creds = { me: { id: "1" } };
  for (const sessionId of ["s1", "s2"]) {
    await seedSession(database, {
      sessionId,
      status: "CONNECTED",
      desiredState: "RUNNING",
      isActive: true,
      leaseEpoch: 3,
      sendSecret: "ab".repeat(32),
      creds,
    });
  }
});

let seq = 0;
const state = (status: string, rest: object = {}) =>
  ingest.post("sessions/s1/state", { epoch: 4, seq: (seq += 1), status, reconnectAttempts: 0, occurredAt: at(9), ...rest });
const code = (rest: object) => ingest.post("sessions/s1/qr", { epoch: 4, seq: (seq += 1), occurredAt: at(9), ...rest });
const incoming = (messageId: string, rest: object = {}) =>
  ingest.batch("messages", "s1", [
    { messageId, remoteJid: PN, fromMe: false, pushName: "Alice", timestamp: at(1), source: "live", messageType: "TEXT", content: "hello", ...rest },
  ]);
const change = (rest: object) => ingest.batch("messages/changes", "s1", [{ messageId: "A1", actorJid: PN, at: at(2), ...rest }]);
const group = (rest: object) => ingest.batch("groups", "s1", [{ jid: GROUP, ...rest }]);
const media = (rest: object) => ingest.batch("media", "s1", [{ messageId: "A1", ...rest }]);
const status = (messageId: string, next: string, rest: object = {}) =>
  ingest.batch("messages/status", "s1", [{ messageId, status: next, at: at(3), ...rest }]);
const member = (jid: string, admin = false) => ({ jid, admin });

/** Sends a text; WhatsApp's id of it. */
async function send(): Promise<string> {
  const reply = await api.post("/api/whatsapp/chat-messages", { sessionId: "s1", toJid: PN, content: "hello there" });
  return ((await reply.json()) as { message: { messageId: string } }).message.messageId;
}
async function transfer(): Promise<string> {
  await seedContact(api.database, { id: "c1", jid: PN, pn: PN, name: "Alice", sessionId: "s1", userId: "owner", sessionStatus: "OPEN" });
  const reply = await api.post("/api/whatsapp/contacts/c1/transfer/request", { message: "please" }, { token: await tokenFor({ role: "user" }) });
  return ((await reply.json()) as { id: string }).id;
}
const decide = async (how: string, method = "POST") => {
  const id = await transfer();
  const body = method === "POST" ? { notes: "well" } : {};
  const token = await tokenFor(method === "POST" ? { sub: "boss" } : {});
  return api.post(`/api/whatsapp/transfer-requests/${id}${how}`, body, { method, token });
};
const video = { messageType: "VIDEO", media: { mimeType: "video/mp4", size: 9, remote: { key: "k" } } };

/** One fact per event, the newest of its kind. */
const FACTS: Readonly<Record<EventName, () => Promise<unknown>>> = {
  "qr.code": () => code({ qr: "qr-text" }),
  "pairing.code": () => code({ pairingCode: "ABCD1234" }),
  "connection.update": () => state("DISCONNECTED", { reason: "logged_out", code: 401, message: "logged out elsewhere" }),
  "message.queued": send,
  "message.sent": async () => status(await send(), "SENT"),
  "message.received": () => incoming("A1"),
  "message.status": async () => status(await send(), "DELIVERED"),
  "message.reaction": async () => [await incoming("A1"), await change({ kind: "reaction", emoji: "👍" })],
  "message.edited": async () => [await incoming("A1"), await change({ kind: "edit", content: "edited" })],
  "message.deleted": async () => [await incoming("A1"), await change({ kind: "delete" })],
  "media.processed": async () => [
    await incoming("A1", video),
    await media({ state: "STORED", sha256: SHA, mimeType: "video/mp4", size: 7, storageKey: `t1/ab/${SHA}` }),
  ],
  "contact.created": () => ingest.batch("contacts", "s1", [{ jid: PN, name: "Alice" }]),
  "contact.updated": () => incoming("A1"),
  "group.updated": () => group({ subject: "Family", participants: [member(PN)] }),
  "group.participants": async () => [
    await group({ subject: "Family", participants: [member(PN)] }),
    await group({ action: "add", jids: ["15550100003@s.whatsapp.net", "15550100002@s.whatsapp.net"] }),
  ],
  "transfer-request:new": transfer,
  "transfer-request:approved": () => decide("/approve"),
  "transfer-request:denied": () => decide("/deny"),
  "transfer-request:transferred": () => decide("/approve"),
  "transfer-request:cancelled": () => decide("", "DELETE"),
};

const EMITTED_AT = 1_790_000_000_000;
type Captured = { channels?: string[]; event: string; data: object; emittedAt?: number };
async function derive(captured: Captured): Promise<DerivationReply> {
  const reply = await callShadow(api, EMISSIONS_PATH, { channels: ["private-whatsapp.s1"], emittedAt: EMITTED_AT, ...captured });
  expect(reply.status).toBe(200);
  return (await reply.json()) as DerivationReply;
}
const outcomeOf = async (captured: Captured) => (await derive(captured)).outcome;
async function emitted(event: EventName): Promise<Emitted[]> {
  const all = await emittedBy(api.database, FACTS[event]);
  const own = all.filter((each) => each.event === event);
  expect(own.length, `${event} was emitted`).toBeGreaterThan(0);
  return own;
}

describe("an emission of a fact that is in the rows", () => {
  it.each(Object.keys(EVENTS) as EventName[])("%s is derived as it was made, key by key and in their order", async (event) => {
    for (const { channel, data } of await emitted(event)) {
      const before = await databaseState(api.database);
      const reply = await derive({ channels: [channel], event, data });
      const payload = EVENTS[event].parse({ ...data, timestamp: EMITTED_AT });
      expect(reply).toEqual({ success: true, outcome: "derived", emission: { channels: [channel], event, data: payload }, asOf: expect.any(String) });
      expect(JSON.stringify(reply.emission?.data)).toBe(JSON.stringify(payload));
      expect(await databaseState(api.database)).toEqual(before);
    }
  });

  it.each(Object.keys(EVENTS) as EventName[])("%s takes nothing but its key from what was captured", async (event) => {
    const [own] = await emitted(event);
    const { channel, data } = own as Emitted;
    const keys = ["sessionId", "messageId", "qr", "code", "status", "state", "from", "jid", "action", "participants", "requestId"];
    const key = Object.fromEntries(Object.entries(data).filter(([name]) => keys.includes(name)));
    const reply = await derive({ channels: [channel], event, data: { ...key, tenantId: "t2", content: "forged", timestamp: 7 } });
    expect(reply.emission?.data).toEqual({ ...data, timestamp: EMITTED_AT });
  });
});

describe("what is not derived", () => {
  it.each(["stats.update", "qr_code", "toString", "__proto__"])("%s is an unknown event", async (event) => {
    expect(await derive({ event, data: { sessionId: "s1" } })).toEqual({ success: true, outcome: "unknown-event", emission: null, asOf: null });
  });

  it.each<[EventName, object]>([
    ["message.received", { messageId: "nothing" }],
    ["message.received", { id: "renamed" }],
    ["message.received", { messageId: 7 }],
    ["message.status", { messageId: "nothing", status: "READ" }],
    ["media.processed", { messageId: "nothing", state: "STORED" }],
    ["contact.updated", { jid: "15550199999@s.whatsapp.net" }],
    ["group.updated", { jid: GROUP }],
    ["transfer-request:new", { requestId: "nothing" }],
    ["connection.update", { status: "open" }],
  ])("%s of %j is not found", async (event, key) => {
    expect(await derive({ event, data: { sessionId: "s1", ...key } })).toMatchObject({ outcome: "fact-not-found", emission: null });
  });

  it("a fact of another session's, or another tenant's rows is not found", async () => {
    await incoming("A1");
    expect(await outcomeOf({ channels: ["private-whatsapp.s2"], event: "message.received", data: { sessionId: "s2", messageId: "A1" } })).toBe(
      "fact-not-found",
    );
    await seedSession(api.database, { sessionId: "theirs", tenantId: "t2" });
    const channels = ["private-whatsapp.theirs"];
    expect(await outcomeOf({ channels, event: "contact.updated", data: { sessionId: "theirs", jid: PN } })).toBe("fact-not-found");
  });

  it("a message that went through the outbox was not received, one that did not was not queued", async () => {
    const messageId = await send();
    await incoming("A1");
    expect(await outcomeOf({ event: "message.received", data: { sessionId: "s1", messageId } })).toBe("fact-not-found");
    expect(await outcomeOf({ event: "message.queued", data: { sessionId: "s1", messageId: "A1" } })).toBe("fact-not-found");
    expect(await outcomeOf({ event: "message.sent", data: { sessionId: "s1", messageId } })).toBe("fact-not-found");
  });

  it("a test QR, a deleted session and a superseded state cannot be", async () => {
    expect(await outcomeOf({ event: "qr.code", data: { sessionId: "s1", qr: "test-qr:s1" } })).toBe("not-derivable");
    await code({ qr: "first" });
    await code({ qr: "second" });
    expect(await outcomeOf({ event: "qr.code", data: { sessionId: "s1", qr: "first" } })).toBe("not-derivable");
    expect(await outcomeOf({ event: "connection.update", data: { sessionId: "s1", status: "connected" } })).toBe("not-derivable");
    await api.get("/api/whatsapp/sessions?sessionId=s1", { method: "DELETE" });
    expect(await derive({ event: "connection.update", data: { sessionId: "s1", status: "disconnected" } })).toEqual({
      success: true,
      outcome: "not-derivable",
      emission: null,
      asOf: null,
    });
  });

  it("an edit that was deleted since, a failure that was proven wrong, an expiry of what is stored cannot be", async () => {
    await incoming("A1", video);
    await change({ kind: "edit", content: "edited" });
    await change({ kind: "delete", at: at(4) });
    expect(await outcomeOf({ event: "message.edited", data: { sessionId: "s1", messageId: "A1" } })).toBe("not-derivable");
    await media({ state: "STORED", sha256: SHA, storageKey: `t1/ab/${SHA}` });
    expect(await outcomeOf({ event: "media.processed", data: { sessionId: "s1", messageId: "A1", state: "EXPIRED" } })).toBe("not-derivable");
    const messageId = await send();
    await status(messageId, "FAILED", { errorMessage: "refused" });
    expect(await outcomeOf({ event: "message.status", data: { sessionId: "s1", messageId, status: "FAILED" } })).toBe("derived");
    await status(messageId, "SENT");
    expect(await outcomeOf({ event: "message.status", data: { sessionId: "s1", messageId, status: "FAILED" } })).toBe("not-derivable");
  });

  it.each([
    ["connection_lost", 2, "derived"],
    ["connection_lost", 0, "not-derivable"],
    ["restart_required", 0, "not-derivable"],
  ])("a session connecting after %s and %i attempts is %s: its row must say whether that is of now", async (reason, reconnectAttempts, outcome) => {
    const data = { lastDisconnectReason: reason, reconnectAttempts, status: "CONNECTING", lastConnected: new Date(at(1)) } as const;
    await api.database.whatsAppSession.update({ where: { sessionId: "s1" }, data });
    expect(await outcomeOf({ event: "connection.update", data: { sessionId: "s1", status: "connecting" } })).toBe(outcome);
  });
});

describe("what has moved on since", () => {
  it("a delivered message that was read is still told as delivered, as of its reading", async () => {
    const messageId = await send();
    await status(messageId, "DELIVERED");
    await status(messageId, "READ", { at: at(5) });
    const reply = await derive({ event: "message.status", data: { sessionId: "s1", messageId, status: "DELIVERED" } });
    expect(reply.emission?.data).toMatchObject({ status: "DELIVERED", deliveredAt: at(3) });
    expect(reply.emission?.data).not.toHaveProperty("readAt");
    const row = await api.database.whatsAppMessage.findFirstOrThrow({ where: { messageId } });
    expect(Date.parse(reply.asOf ?? "")).toBeGreaterThanOrEqual(row.updatedAt.getTime());
  });

  it("a status that was never reached is not found", async () => {
    const messageId = await send();
    await status(messageId, "SENT");
    expect(await outcomeOf({ event: "message.status", data: { sessionId: "s1", messageId, status: "READ" } })).toBe("fact-not-found");
  });

  it("a contact is as of its newest change, and of its newest message's", async () => {
    await incoming("A1");
    const contact = await api.database.whatsAppContact.findFirstOrThrow();
    const later = new Date(Date.now() + 60_000);
    await api.database.whatsAppMessage.updateMany({ data: { updatedAt: later } });
    const reply = await derive({ event: "contact.updated", data: { sessionId: "s1", jid: PN } });
    expect(contact.updatedAt < later).toBe(true);
    expect(reply).toMatchObject({ outcome: "derived", asOf: later.toISOString() });
  });

  it("a contact that was seen by its LID first is found by it, under its phone", async () => {
    await seedContact(api.database, { id: "c1", jid: PN, pn: PN, lid: "777@lid", sessionId: "s1" });
    const reply = await derive({ event: "contact.created", data: { sessionId: "s1", jid: "777@lid" } });
    expect(reply.emission?.data).toMatchObject({ jid: PN });
  });

  it("a contact whose session is gone has no channel", async () => {
    await seedContact(api.database, { id: "c1", jid: PN, pn: PN, sessionId: null });
    expect(await outcomeOf({ event: "contact.updated", data: { sessionId: "s1", jid: PN } })).toBe("not-derivable");
  });

  it("a reaction that was taken back is none", async () => {
    await incoming("A1");
    await change({ kind: "reaction", emoji: "👍" });
    await change({ kind: "reaction", at: at(4) });
    const reply = await derive({ event: "message.reaction", data: { sessionId: "s1", messageId: "A1", from: PN } });
    expect(reply.emission?.data).toMatchObject({ from: PN, emoji: null });
  });
});

describe("a captured emission that is not as it should be", () => {
  it("is found by its channel when it does not say whose it is, and the other way round", async () => {
    await incoming("A1");
    const bySession = await derive({ channels: ["whatsapp.elsewhere"], event: "message.received", data: { sessionId: "s1", messageId: "A1" } });
    const byChannel = await derive({ channels: ["whatsapp.s1"], event: "message.received", data: { messageId: "A1" } });
    for (const { emission } of [bySession, byChannel]) {
      expect(emission).toMatchObject({ channels: ["private-whatsapp.s1"], data: { sessionId: "s1", messageId: "A1" } });
    }
  });

  it("on one recipient's channel is that recipient's, on a stranger's it is everybody's who should have it", async () => {
    const [one, other] = await emitted("transfer-request:new");
    const event = "transfer-request:new";
    const data = (one as Emitted).data;
    const both = [one?.channel, other?.channel];
    expect(both).toEqual(["private-user.boss", "private-user.chief"]);
    expect((await derive({ channels: ["private-user.chief"], event, data })).emission?.channels).toEqual(["private-user.chief"]);
    expect((await derive({ channels: ["private-user.u1"], event, data })).emission?.channels).toEqual(both);
    expect((await derive({ channels: both as string[], event, data })).emission?.channels).toEqual(both);
  });

  it.each([
    [{ channels: [] }, "channels is invalid"],
    [{ channels: "private-whatsapp.s1" }, "channels is invalid"],
    [{ event: null }, "event is required"],
    [{ data: [] }, "data is invalid"],
    [{ emittedAt: "now" }, "emittedAt is invalid"],
  ])("%j is refused", async (wrong, error) => {
    const reply = await callShadow(api, EMISSIONS_PATH, { channels: ["a"], event: "qr.code", data: {}, emittedAt: 1, ...wrong });
    expect([reply.status, await reply.json()]).toEqual([400, { error }]);
  });
});
