import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contactList } from "@ipnuo/domain/contact";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { countStatements } from "../testing/count-statements.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedContact, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url);
  await seedTenants(api.database);
  await seedSession(api.database, { sessionId: "s1", name: "Front desk", phoneNumber: "15550100099" });
  await seedSession(api.database, { sessionId: "s2" });
  await seedSession(api.database, { sessionId: "theirs", tenantId: "t2" });
  await api.database.chatbotContact.createMany({
    data: [
      { id: "b1", tenantId: "t1", displayName: "Alice", phone: "15550100001" },
      { id: "b2", tenantId: "t2", displayName: "Foreign" },
    ],
  });
});
afterAll(async () => {
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  await api.database.whatsAppContact.deleteMany();
});

const list = async (query = "") => (await expectExactly(contactList, await api.get(`/api/whatsapp/contacts${query}`))).contacts;
const idsOf = async (query = "") => (await list(query)).map(({ id }) => id);

describe("GET contacts", () => {
  it("shows every column and what the contact is linked to", async () => {
    await seedContact(api.database, {
      id: "k1",
      jid: "15550100001@s.whatsapp.net",
      pn: "15550100001@s.whatsapp.net",
      lid: "777000111222333@lid",
      name: "Alice",
      phoneNumber: "15550100001",
      isBusiness: true,
      avatarUrl: "https://example.com/a.jpg",
      lastMessageAt: new Date("2026-01-01T10:00:00.500Z"),
      unreadCount: 3,
      sessionId: "s1",
      userId: "u1",
      chatbotContactId: "b1",
      sessionStatus: "OPEN",
      sessionStartedAt: new Date("2026-01-01T09:00:00Z"),
      lastSessionClosedAt: new Date("2025-12-31T09:00:00Z"),
      metadata: { participants: [] },
    });
    expect(await list()).toEqual([
      {
        id: "k1",
        jid: "15550100001@s.whatsapp.net",
        lid: "777000111222333@lid",
        pn: "15550100001@s.whatsapp.net",
        name: "Alice",
        phoneNumber: "15550100001",
        isGroup: false,
        isBusiness: true,
        avatarUrl: "https://example.com/a.jpg",
        lastMessageAt: "2026-01-01T10:00:00.500Z",
        unreadCount: 3,
        sessionId: "s1",
        tenantId: "t1",
        userId: "u1",
        chatbotContactId: "b1",
        sessionStatus: "OPEN",
        sessionStartedAt: "2026-01-01T09:00:00.000Z",
        lastSessionClosedAt: "2025-12-31T09:00:00.000Z",
        chatbotContact: { id: "b1", displayName: "Alice", phone: "15550100001", type: "CONTACT" },
        session: { sessionId: "s1", phoneNumber: "15550100099", name: "Front desk" },
        assignee: { id: "u1", name: "Agent One", color: "#0a0" },
      },
    ]);
  });

  it("never shows a LID's digits as a phone number", async () => {
    await seedContact(api.database, { id: "k1", jid: "777000111222333@lid", lid: "777000111222333@lid", phoneNumber: "777000111222333" });
    await seedContact(api.database, { id: "k2", jid: "12036300000000001@g.us", isGroup: true });
    const contacts = await list();
    expect(contacts.map(({ phoneNumber }) => phoneNumber)).toEqual([null, null]);
    expect(contacts[0]).toMatchObject({ chatbotContact: null, session: null, assignee: null, lastMessageAt: null });
  });

  it("is ordered by lastMessageAt descending, unknown last, then id", async () => {
    const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));
    const rows = [
      ["d", null],
      ["b", at(1)],
      ["c", at(2)],
      ["a", at(1)],
      ["e", null],
    ] as const;
    for (const [id, lastMessageAt] of rows) await seedContact(api.database, { id, jid: `1555010000${id.charCodeAt(0)}@c`, lastMessageAt });
    expect(await idsOf()).toEqual(["c", "a", "b", "d", "e"]);
    expect(await idsOf("?limit=2&offset=1")).toEqual(["a", "b"]);
    expect(await idsOf("?limit=0&offset=-1")).toEqual(["c", "a", "b", "d", "e"]);
    expect(await idsOf("?limit=99999&offset=4")).toEqual(["e"]);
    expect(await idsOf("?offset=99999999")).toEqual([]);
  });

  it("of a session are those whose newest message is its", async () => {
    await seedContact(api.database, { id: "k1", jid: "15550100001@s.whatsapp.net", sessionId: "s1" });
    await seedContact(api.database, { id: "k2", jid: "15550100002@s.whatsapp.net", sessionId: "s2" });
    await seedContact(api.database, { id: "k3", jid: "15550100003@s.whatsapp.net" });
    expect(await idsOf("?sessionId=s1")).toEqual(["k1"]);
    expect(await idsOf("?sessionId=")).toEqual(["k1", "k2", "k3"]);
  });

  it.each(["unknown", "theirs", "S1"])("of session %s are 404", async (sessionId) => {
    const response = await api.get(`/api/whatsapp/contacts?sessionId=${sessionId}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('{"error":"Session not found or access denied"}');
  });

  it("stay inside the tenant, and so do their links", async () => {
    await seedContact(api.database, { id: "mine", jid: "15550100001@s.whatsapp.net", sessionId: "theirs", userId: "u2", chatbotContactId: "b2" });
    await seedContact(api.database, { id: "foreign", jid: "15550100001@s.whatsapp.net", tenantId: "t2" });
    expect(await list()).toMatchObject([{ id: "mine", chatbotContact: null, session: null, assignee: null }]);
  });

  it("has no colour where the user's metadata holds none", async () => {
    await api.database.user.create({ data: { id: "u3", tenantId: "t1", email: "u3@example.com", metadata: { color: 7 } } });
    await seedContact(api.database, { id: "k1", jid: "15550100001@s.whatsapp.net", userId: "u3" });
    expect((await list())[0]?.assignee).toEqual({ id: "u3", name: null, color: null });
  });

  it("takes one statement, and one more to check a session", async () => {
    await seedContact(api.database, { id: "k1", jid: "15550100001@s.whatsapp.net", sessionId: "s1" });
    expect(await countStatements(() => api.get("/api/whatsapp/contacts"))).toBe(1);
    expect(await countStatements(() => api.get("/api/whatsapp/contacts?sessionId=s1"))).toBe(2);
  });
});
