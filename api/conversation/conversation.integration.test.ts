import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { thread, type Thread } from "@ipnuo/domain/message";
import { createTestDatabase, runAsAdmin, type TestDatabase } from "../../testing/database.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedContact, seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

const EMPTY: Thread = { success: true, messages: [], sessionSummaries: [], activities: [], hasMore: false };
const PN = "15550100001@s.whatsapp.net";
const LID = "777000111222333@lid";
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute));

let db: TestDatabase;
let api: TestApi;

/**
 * Alice (k1) writes in both sessions; m2 and m3 share a time. Bob (k2) has no messages of his own contact row.
 * t2 has a contact with Alice's number and a message of its own.
 */
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url);
  const { database } = api;
  await seedTenants(database);
  for (const sessionId of ["s1", "s2"]) await seedSession(database, { sessionId });
  await seedSession(database, { sessionId: "theirs", tenantId: "t2" });
  await database.chatbotContact.createMany({
    data: [
      { id: "b1", tenantId: "t1", displayName: "Alice" },
      { id: "b-alone", tenantId: "t1", displayName: "Nobody yet" },
      { id: "b-foreign", tenantId: "t2", displayName: "Foreign" },
    ],
  });
  await database.user.createMany({
    data: [
      { id: "u-alice", tenantId: "t1", email: "alice@example.com", normalizedPhone: "15550100001" },
      { id: "u-nophone", tenantId: "t1", email: "nophone@example.com", name: "" },
    ],
  });
  await seedContact(database, { id: "k1", jid: PN, pn: PN, lid: LID, chatbotContactId: "b1", lastMessageAt: at(5) });
  await seedContact(database, { id: "k1-old", jid: "15550100077@s.whatsapp.net", chatbotContactId: "b1", lastMessageAt: at(1) });
  await seedContact(database, { id: "k1-never", jid: "15550100078@s.whatsapp.net", chatbotContactId: "b1" });
  await seedContact(database, { id: "k2", jid: "15550100002@s.whatsapp.net", pn: "15550100002@s.whatsapp.net" });
  await seedContact(database, { id: "kg", jid: "12036300000000001@g.us", isGroup: true });
  await seedContact(database, { id: "k-foreign", tenantId: "t2", jid: PN, pn: PN, chatbotContactId: "b-foreign" });
  const ofAlice = { whatsappContactId: "k1", remoteJid: PN };
  await seedMessage(database, { id: "m1", sessionId: "s1", timestamp: at(1), content: "one", ...ofAlice });
  await seedMessage(database, { id: "m3", sessionId: "s2", timestamp: at(2), content: "", status: "READ", readAt: at(9), ...ofAlice });
  await seedMessage(database, {
    id: "m2",
    sessionId: "s1",
    timestamp: at(2),
    fromMe: true,
    senderId: "u1",
    status: "FAILED",
    errorMessage: "why",
    ...ofAlice,
  });
  await seedMessage(database, { id: "m4", sessionId: "s1", timestamp: at(4), senderId: "whatsapp-system", fromMe: true, ...ofAlice });
  await seedMessage(database, { id: "m5", sessionId: "s2", timestamp: at(3), whatsappContactId: "kg", remoteJid: "12036300000000001@g.us" });
  await seedMessage(database, { id: "m-foreign", sessionId: "theirs", timestamp: at(6), whatsappContactId: "k-foreign", remoteJid: PN });
  // A row of another tenant's session that names our contact: such rows must not leak.
  await seedMessage(database, { id: "m-crossed", sessionId: "theirs", timestamp: at(7), whatsappContactId: "k1", remoteJid: PN });
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

const read = async (query = "", path = "messages") => expectExactly(thread, await api.get(`/api/whatsapp/${path}${query}`));
const idsOf = async (query = "", path = "messages") => (await read(query, path)).messages.map(({ id }) => id);

describe("what a contactId stands for", () => {
  it.each([
    ["a contact's id", "k1"],
    ["a chatbot contact's id: its contact with the newest message", "b1"],
    ["a user's id: the contact with exactly that phone", "u-alice"],
    ["a phone address", PN],
    ["a phone address with a device", "15550100001:4@S.WhatsApp.net"],
    ["the old phone address", "15550100001@c.us"],
    ["a LID", LID],
    ["digits", "15550100001"],
    ["digits with a plus", "%2B15550100001"],
  ])("%s", async (_name, contactId) => {
    expect(await idsOf(`?contactId=${contactId}`)).toEqual(["m1", "m2", "m3", "m4"]);
    expect(await idsOf(`?contactId=${contactId}`, "chat-messages")).toEqual(["m1", "m2", "m3", "m4"]);
  });

  it("a group's address", async () => {
    expect(await idsOf("?contactId=12036300000000001@g.us")).toEqual(["m5"]);
  });

  it.each(["b-alone", "u-nophone", "u1", "15550100009", "15550100009@s.whatsapp.net", "999@lid", "1-2@g.us", "k2"])(
    "%s is known, without a conversation",
    async (contactId) => {
      expect(await read(`?contactId=${contactId}`, "chat-messages")).toEqual(EMPTY);
    },
  );

  it.each(["unknown", "k-foreign", "b-foreign", "u2", "m1", "s1", "status@broadcast", "1@newsletter", "15550", "%2B", "K1", "k1%20"])(
    "%s is 404",
    async (contactId) => {
      const response = await api.get(`/api/whatsapp/messages?contactId=${contactId}`);
      expect(response.status).toBe(404);
      expect(await response.text()).toBe('{"error":"Contact not found"}');
    },
  );

  it("is never a part of a number", async () => {
    expect(await read("?contactId=1555010")).toEqual(EMPTY);
    expect(await read("?contactId=5550100001")).toEqual(EMPTY);
  });
});

describe("jid", () => {
  it.each([PN, LID, "15550100001", "15550100001@c.us"])("%s selects a contact", async (jid) => {
    expect(await idsOf(`?jid=${jid}`)).toEqual(["m1", "m2", "m3", "m4"]);
  });

  it("of nobody yet is an empty thread", async () => {
    expect(await read("?jid=15550100009")).toEqual(EMPTY);
  });

  it.each(["k1", "b1", "status@broadcast", "1@newsletter", "15550", "x@lid"])("%s is invalid", async (jid) => {
    const response = await api.get(`/api/whatsapp/messages?jid=${jid}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toBe('{"error":"jid is invalid"}');
  });

  it("does not count beside a contactId", async () => {
    expect(await idsOf("?contactId=kg&jid=junk")).toEqual(["m5"]);
  });

  it("does not replace the contactId of a thread", async () => {
    const response = await api.get(`/api/whatsapp/chat-messages?jid=${PN}`);
    expect(await response.text()).toBe('{"error":"contactId is required"}');
  });
});

describe("the selection", () => {
  it("is all of the tenant without a contact", async () => {
    expect(await idsOf()).toEqual(["m1", "m2", "m3", "m5", "m4"]);
  });

  it("is the newest, oldest first, and says whether there are older ones", async () => {
    expect(await read("?limit=2")).toMatchObject({ messages: [{ id: "m5" }, { id: "m4" }], hasMore: true });
    expect(await read("?limit=5")).toMatchObject({ hasMore: false });
    expect(await read("?contactId=k1&limit=3")).toMatchObject({ messages: [{ id: "m2" }, { id: "m3" }, { id: "m4" }], hasMore: true });
    expect(await read("?contactId=k1&limit=4")).toMatchObject({ hasMore: false });
  });

  it.each([
    ["?sessionId=s1", ["m1", "m2", "m4"]],
    ["?sessionId=s2", ["m3", "m5"]],
    ["?contactId=k1&sessionId=s2", ["m3"]],
    ["?status=PENDING", ["m1", "m5", "m4"]],
    ["?status=all", ["m1", "m2", "m3", "m5", "m4"]],
    ["?contactId=k1&status=READ", ["m3"]],
    ["?contactId=k1&sessionId=s1&status=READ", []],
    ["?before=m3", ["m1", "m2"]],
    ["?before=m2", ["m1"]],
    ["?before=m1", []],
    ["?contactId=k1&before=m4&limit=1", ["m3"]],
    ["?contactId=kg&before=m4", ["m5"]],
  ])("of %s", async (query, ids) => {
    expect(await idsOf(query)).toEqual(ids);
  });

  it.each([
    ["?sessionId=theirs", "Session not found or access denied"],
    ["?sessionId=unknown", "Session not found or access denied"],
    ["?contactId=k1&sessionId=unknown", "Session not found or access denied"],
    ["?contactId=b-alone&sessionId=unknown", "Session not found or access denied"],
    ["?before=m-foreign", "Message not found"],
    ["?before=WA-m1", "Message not found"],
    ["?contactId=unknown&sessionId=unknown&before=unknown", "Contact not found"],
  ])("of %s is 404", async (query, error) => {
    const response = await api.get(`/api/whatsapp/messages${query}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe(JSON.stringify({ error }));
  });
});

describe("a message", () => {
  it("has every field, and its sender when that is a user of the tenant", async () => {
    const { messages } = await read("?contactId=k1");
    const row = await api.database.whatsAppMessage.findUniqueOrThrow({ where: { id: "m2" } });
    expect(messages[1]).toEqual({
      id: "m2",
      sessionId: "s1",
      messageId: "WA-m2",
      remoteJid: PN,
      whatsappContactId: "k1",
      fromMe: true,
      content: null,
      messageType: "TEXT",
      status: "FAILED",
      mediaUrl: null,
      mediaMimeType: null,
      mediaSize: null,
      thumbnailUrl: null,
      quotedMessageId: null,
      timestamp: "2026-01-01T10:02:00.000Z",
      deliveredAt: null,
      readAt: null,
      errorMessage: "why",
      metadata: null,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      senderId: "u1",
      users: { id: "u1", name: "Agent One", email: "u1@example.com" },
    });
    expect(messages[3]).toMatchObject({ senderId: "whatsapp-system", users: null });
  });

  it("has null for an empty content", async () => {
    expect((await read("?contactId=k1&sessionId=s2")).messages[0]).toMatchObject({ content: null, readAt: at(9).toISOString() });
  });

  it("shows only the metadata the contract names", async () => {
    const metadata = { rawMessage: { key: 1 }, fileName: "a.pdf", mediaKey: "secret", seconds: 3 };
    await api.database.whatsAppMessage.update({ where: { id: "m5" }, data: { metadata, senderId: "u2" } });
    const [message] = (await read("?contactId=kg")).messages;
    expect(message?.metadata).toEqual({ fileName: "a.pdf", seconds: 3 });
    expect(message?.users).toBeNull();
  });
});

describe("the history of a contact", () => {
  beforeAll(async () => {
    const summary = { tenantId: "t1", contactId: "k1", summary: "s", topics: ["a", "b"], nextActions: [] };
    for (let index = 0; index < 22; index += 1)
      await api.database.crmSessionSummary.create({
        data: { ...summary, id: `sum-${String(index).padStart(2, "0")}`, date: at(Math.floor(index / 2)), createdById: "u1" },
      });
    const note = { tenantId: "t1", contactId: "k1", type: "note" as const, text: "n" };
    const authors = ["u1", "u-nophone", "u2", "system", "unknown", null];
    for (const [index, createdById] of authors.entries())
      await api.database.crmActivity.create({
        data: { ...note, id: `note-${index}`, createdById, createdAt: at(index), metadata: { type: "transfer", from: null } },
      });
    await api.database.crmActivity.create({ data: { ...note, id: "call", type: "call", createdAt: at(9) } });
    await api.database.crmActivity.create({ data: { ...note, id: "foreign", tenantId: "t2", createdAt: at(9) } });
  });

  it("is its newest 20 summaries, oldest first, ties by id", async () => {
    const { sessionSummaries } = await read("?contactId=k1", "chat-messages");
    expect(sessionSummaries.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => `sum-${String(index + 2).padStart(2, "0")}`));
    expect(sessionSummaries[0]).toMatchObject({ topics: ["a", "b"], nextActions: [], authorName: "Agent One", followUpDate: null });
  });

  it("is its notes, with a name for every author", async () => {
    const { activities } = await read(`?jid=${LID}`);
    expect(activities.map(({ id, authorName }) => [id, authorName])).toEqual([
      ["note-0", "Agent One"],
      ["note-1", "nophone@example.com"],
      ["note-2", "System"],
      ["note-3", "System"],
      ["note-4", "System"],
      ["note-5", "System"],
    ]);
    expect(activities[0]?.metadata).toEqual({ from: null, type: "transfer" });
  });

  it("is empty without a contact", async () => {
    expect(await read("?sessionId=s1")).toMatchObject({ sessionSummaries: [], activities: [] });
  });
});

it("reading writes nothing: a database that refuses writes is enough", async () => {
  await runAsAdmin(`alter database ${new URL(db.url).pathname.slice(1)} set default_transaction_read_only = on`);
  const readOnly = await startTestApi(db.url);
  for (const path of [
    "sessions",
    "status?sessionId=s1",
    "contacts",
    "messages",
    "chat-messages?contactId=k1",
    "analytics?sessionId=s1",
    "config?sessionId=s1",
  ])
    expect((await readOnly.get(`/api/whatsapp/${path}`)).status).toBe(200);
  await expect(readOnly.database.tenant.create({ data: { name: "x" } })).rejects.toThrow(/read-only/);
  await readOnly.close();
});
