import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contactSaved, lockStatus, syncReply } from "@ipnuo/domain/contact";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { databaseState } from "../testing/database-state.ts";
import { emittedBy, UNREACHABLE_BROKER } from "../testing/emitted.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedContact, seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const JID = "15550100001@s.whatsapp.net";
const AT = new Date("2026-03-04T05:06:07.000Z");
const CONTACT_NOT_FOUND = '{"error":"Contact not found"}';
const LINK = "/api/whatsapp/contacts/link";
const SYNC = "/api/whatsapp/accounts/sync";

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url, {}, { realtime: UNREACHABLE_BROKER });
  await seedTenants(api.database);
  await api.database.user.createMany({
    data: ["u3", "u4"].map((id) => ({ id, tenantId: "t1", email: `${id}@example.com`, name: id, role: "user" as const })),
  });
  await seedSession(api.database, { sessionId: "s1" });
  await seedSession(api.database, { sessionId: "foreign", tenantId: "t2" });
});
afterAll(async () => {
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  await api.database.crmActivity.deleteMany();
  await api.database.whatsAppMessage.deleteMany();
  await api.database.whatsAppContact.deleteMany();
  await api.database.chatbotContact.deleteMany();
  await api.database.chatbotContact.createMany({
    data: [
      { id: "b1", tenantId: "t1", displayName: "Ann", phone: "15550100001" },
      { id: "b2", tenantId: "t2", displayName: "Ben", phone: "15550100002" },
    ],
  });
  await seedContact(api.database, { id: "k2", tenantId: "t2", jid: JID, pn: JID, sessionId: "foreign" });
});

const mine = (over: object = {}) =>
  seedContact(api.database, { id: "k1", jid: JID, pn: JID, name: "Ann", sessionId: "s1", lastMessageAt: AT, ...over });
const contact = (id = "k1") => api.database.whatsAppContact.findUniqueOrThrow({ where: { id } });
const assign = (reference: string, userId: unknown, token?: string) =>
  api.post(
    `/api/whatsapp/contacts/${encodeURIComponent(reference)}/assign`,
    userId === undefined ? {} : { userId },
    token === undefined ? {} : { token },
  );
const asUser = (sub: string) => tokenFor({ sub, role: "user" });
const updated = (over: object) => ({
  channel: "private-whatsapp.s1",
  event: "contact.updated",
  data: {
    contactId: "k1",
    whatsappContactId: "k1",
    jid: JID,
    unreadCount: 0,
    lastMessageAt: AT.toISOString(),
    lastMessagePreview: null,
    name: "Ann",
    userId: null,
    sessionStatus: "CLOSED",
    sessionId: "s1",
    tenantId: "t1",
    ...over,
  },
});

async function expectRefusal(response: Response, status: number, body: string): Promise<void> {
  expect(await response.text()).toBe(body);
  expect(response.status).toBe(status);
}

describe("POST contacts/link", () => {
  it("ties a contact to a user: its owner, without a note when nobody had it", async () => {
    await mine();
    const emitted = await emittedBy(api.database, async () => {
      const reply = await expectExactly(contactSaved, await api.post(LINK, { whatsappContactId: "k1", targetType: "user", targetId: "u1" }));
      expect(reply.contact).toMatchObject({ id: "k1", userId: "u1", assignee: { id: "u1", name: "Agent One", color: "#0a0" } });
    });
    expect(emitted).toEqual([updated({ userId: "u1" })]);
    expect(await api.database.crmActivity.count()).toBe(0);
  });

  it("from one user to another, or to nobody, notes the transfer", async () => {
    await mine({ userId: "u3" });
    await api.post(LINK, { whatsappContactId: "k1", targetType: "user", targetId: "u1" });
    await api.post(LINK, { whatsappContactId: "k1", targetType: "user", targetId: null });
    const notes = await api.database.crmActivity.findMany({ orderBy: { createdAt: "asc" } });
    expect(notes).toMatchObject([
      {
        tenantId: "t1",
        contactId: "k1",
        type: "note",
        text: "Session transferred",
        metadata: { type: "transfer", from: "u3", to: "u1" },
        createdById: "u1",
      },
      { metadata: { type: "transfer", from: "u1", to: null } },
    ]);
    expect(await contact()).toMatchObject({ userId: null });
  });

  it("ties to a chatbot contact, which is the id the chat list knows from then on", async () => {
    await mine();
    const emitted = await emittedBy(api.database, async () => {
      const reply = await expectExactly(contactSaved, await api.post(LINK, { whatsappContactId: "k1", targetType: "chatbot", targetId: "b1" }));
      expect(reply.contact.chatbotContact).toEqual({ id: "b1", displayName: "Ann", phone: "15550100001", type: "CONTACT" });
    });
    expect(emitted).toEqual([updated({ contactId: "b1" })]);
    expect(await emittedBy(api.database, () => api.post(LINK, { whatsappContactId: "k1", targetType: "chatbot", targetId: null }))).toEqual([
      updated({}),
    ]);
  });

  it("to what it is tied to already changes nothing", async () => {
    await mine({ userId: "u3", chatbotContactId: "b1" });
    const before = await databaseState(api.database);
    for (const [targetType, targetId] of [
      ["user", "u3"],
      ["chatbot", "b1"],
    ]) {
      expect((await api.post(LINK, { whatsappContactId: "k1", targetType, targetId })).status).toBe(200);
    }
    expect(await databaseState(api.database)).toEqual(before);
  });

  it("takes row ids only, and of the tenant only", async () => {
    await mine();
    const before = await databaseState(api.database);
    for (const id of ["k2", "nobody", "b1", "u1", JID, "15550100001"]) {
      await expectRefusal(await api.post(LINK, { whatsappContactId: id, targetType: "user", targetId: "u1" }), 404, CONTACT_NOT_FOUND);
    }
    for (const [targetType, targetId] of [
      ["user", "u2"],
      ["user", "b1"],
      ["chatbot", "b2"],
      ["chatbot", "u1"],
    ]) {
      await expectRefusal(await api.post(LINK, { whatsappContactId: "k1", targetType, targetId }), 404, '{"error":"Target not found"}');
    }
    expect(await databaseState(api.database)).toEqual(before);
  });

  it.each([
    [{}, ["whatsappContactId is required", "targetType is required", "targetId is required"]],
    [{ whatsappContactId: 1, targetType: "group", targetId: 2 }, ["whatsappContactId is invalid", "targetType is invalid", "targetId is invalid"]],
    [{ whatsappContactId: "k1", targetType: "user", targetId: " " }, ["targetId is required"]],
  ])("%j names what is wrong", async (body, problems) => {
    const [error] = problems;
    await expectRefusal(await api.post(LINK, body), 400, JSON.stringify(problems.length > 1 ? { error, details: problems } : { error }));
  });
});

describe("POST contacts/:contactId/assign", () => {
  it.each([["k1"], ["b1"], [JID], ["15550100001"], ["+15550100001"], ["15550100001:3@c.us"]])("finds the contact by %s", async (reference) => {
    await mine({ chatbotContactId: "b1" });
    const reply = await expectExactly(contactSaved, await assign(reference, "u3"));
    expect(reply.contact).toMatchObject({ id: "k1", userId: "u3" });
  });

  it("tells once and notes who had it", async () => {
    await mine({ userId: "u3" });
    await seedMessage(api.database, { id: "m1", sessionId: "s1", timestamp: AT, whatsappContactId: "k1", content: `  a \n b ${"x".repeat(200)}` });
    const emitted = await emittedBy(api.database, () => assign("k1", "u4"));
    expect(emitted).toEqual([updated({ userId: "u4", lastMessagePreview: ` a b ${"x".repeat(95)}` })]);
    expect(await api.database.crmActivity.findMany()).toMatchObject([{ metadata: { type: "transfer", from: "u3", to: "u4" }, createdById: "u1" }]);
    expect(await emittedBy(api.database, () => assign("k1", "u4"))).toEqual([]);
    expect(await api.database.crmActivity.count()).toBe(1);
  });

  it("of a contact without a session has no channel to be told on", async () => {
    await mine({ sessionId: null });
    expect(await emittedBy(api.database, () => assign("k1", "u3"))).toEqual([]);
    expect(await contact()).toMatchObject({ userId: "u3" });
  });

  it("lets users take what nobody has and give away what is theirs; admins move everything", async () => {
    await mine();
    expect((await assign("k1", "u3", await asUser("u3"))).status).toBe(200);
    await expectRefusal(await assign("k1", "u4", await asUser("u4")), 403, '{"error":"Forbidden"}');
    await expectRefusal(await assign("k1", null, await asUser("u4")), 403, '{"error":"Forbidden"}');
    expect(await contact()).toMatchObject({ userId: "u3" });
    expect((await assign("k1", "u4", await asUser("u3"))).status).toBe(200);
    expect((await assign("k1", null)).status).toBe(200);
    expect(await contact()).toMatchObject({ userId: null });
  });

  it("of nobody's or another tenant's contact or user changes nothing", async () => {
    await mine({ userId: "u3" });
    const before = await databaseState(api.database);
    for (const reference of ["k2", "nobody", "15559999999", "b2", "a/b", "%00", "x".repeat(129), "x".repeat(3_000)]) {
      await expectRefusal(await assign(reference, "u1"), 404, CONTACT_NOT_FOUND);
    }
    for (const userId of ["u2", "nobody"]) await expectRefusal(await assign("k1", userId), 404, '{"error":"User not found"}');
    // Not the caller's to give, but first of all nobody's.
    await expectRefusal(await assign("k1", "u2", await asUser("u4")), 404, '{"error":"User not found"}');
    await expectRefusal(await assign("k1", undefined), 400, '{"error":"userId is required"}');
    await expectRefusal(await assign("k1", 5), 400, '{"error":"userId is invalid"}');
    expect(await databaseState(api.database)).toEqual(before);
  });

  it("by two at once notes each owner once, in order", async () => {
    await mine({ userId: "u1" });
    await Promise.all([assign("k1", "u3"), assign("k1", "u4")]);
    const notes = (await api.database.crmActivity.findMany()).map(({ metadata }) => metadata as { from: string; to: string });
    const last = (await contact()).userId;
    const first = last === "u3" ? "u4" : "u3";
    expect(notes.toSorted((a, b) => (a.from === "u1" ? -1 : b.from === "u1" ? 1 : 0))).toEqual([
      { type: "transfer", from: "u1", to: first },
      { type: "transfer", from: first, to: last },
    ]);
  });
});

describe("GET contacts/:contactId/lock-status", () => {
  const lock = (query = "", reference = "k1") => api.get(`/api/whatsapp/contacts/${reference}/lock-status${query}`);
  const OWNER = { id: "u3", name: "u3", email: "u3@example.com" };

  it.each([
    [
      "open and another one's",
      { sessionStatus: "OPEN", userId: "u3" },
      { isLocked: true, reason: "Contact is assigned to another user", currentOwner: OWNER },
    ],
    ["closed and another one's", { sessionStatus: "CLOSED", userId: "u3" }, { isLocked: false, reason: null, currentOwner: OWNER }],
    [
      "open and the caller's",
      { sessionStatus: "OPEN", userId: "u1" },
      { isLocked: false, reason: null, currentOwner: { id: "u1", name: "Agent One", email: "u1@example.com" } },
    ],
    ["open and nobody's", { sessionStatus: "OPEN", userId: null }, { isLocked: false, reason: null, currentOwner: null }],
  ] as const)("of one that is %s", async (_name, state, expected) => {
    await mine(state);
    const before = await databaseState(api.database);
    expect(await expectExactly(lockStatus, await lock())).toEqual(expected);
    expect(await databaseState(api.database)).toEqual(before);
  });

  it("is asked by the caller alone, who has several names", async () => {
    await mine();
    for (const query of ["", "?userId=", "?userId=null", "?userId=u1"]) expect((await lock(query)).status).toBe(200);
    await expectRefusal(await lock("?userId=u3"), 403, '{"error":"Forbidden"}');
    await expectRefusal(await lock("?userId=u3", "nobody"), 404, CONTACT_NOT_FOUND);
  });

  it.each(["k2", "nobody", "15559999999", "u1", "b1"])("of %s, who has no conversation here, is not found", async (reference) => {
    await expectRefusal(await lock("", reference), 404, CONTACT_NOT_FOUND);
  });
});

describe("POST accounts/sync", () => {
  const linked = (id: string) => contact(id).then(({ userId, chatbotContactId }) => [userId, chatbotContactId]);
  const withPhone = (id: string, digits: string, over: object = {}) =>
    seedContact(api.database, { id, jid: `${digits}@s.whatsapp.net`, pn: `${digits}@s.whatsapp.net`, sessionId: "s1", ...over });

  it("links by exact number, once, and tells each change", async () => {
    await withPhone("a", "15550100011");
    await withPhone("b", "15550100001");
    await withPhone("c", "155501000");
    await withPhone("elsewhere", "15550100012", { sessionId: null });
    await seedContact(api.database, { id: "lid", jid: "15550100011@lid", lid: "15550100011@lid", sessionId: "s1" });
    await seedContact(api.database, { id: "group", jid: "15550100011@g.us", isGroup: true, sessionId: "s1" });
    const emitted = await emittedBy(api.database, async () => {
      const reply = await expectExactly(syncReply, await api.post(SYNC, { sessionId: "s1", syncMode: "auto" }));
      expect(reply.stats).toEqual({ synced: 3, linkedToUsers: 1, linkedToChatbot: 1 });
    });
    expect(await linked("a")).toEqual(["u1", null]);
    expect(await linked("b")).toEqual([null, "b1"]);
    for (const id of ["c", "elsewhere", "lid", "group"]) expect(await linked(id)).toEqual([null, null]);
    expect(emitted.map(({ event, data }) => [event, data["whatsappContactId"], data["userId"], data["contactId"]])).toEqual([
      ["contact.updated", "a", "u1", "a"],
      ["contact.updated", "b", null, "b1"],
    ]);
    const again = await expectExactly(syncReply, await api.post(SYNC, { sessionId: "s1" }));
    expect(again.stats).toEqual({ synced: 3, linkedToUsers: 0, linkedToChatbot: 0 });
  });

  it("leaves alone what two match, and never replaces a link", async () => {
    await api.database.user.createMany({
      data: ["v1", "v2"].map((id) => ({ id, tenantId: "t1", email: `${id}@example.com`, normalizedPhone: "15550100021" })),
    });
    await api.database.chatbotContact.createMany({
      data: [
        { id: "c1", tenantId: "t1", displayName: "C", phone: "15550100021" },
        { id: "c2", tenantId: "t1", displayName: "C", phone: "+1 555 0100021" },
      ],
    });
    await withPhone("a", "15550100021");
    await withPhone("b", "15550100011", { userId: "u3" });
    const reply = await expectExactly(syncReply, await api.post(SYNC, { sessionId: "s1" }));
    expect(reply.stats).toEqual({ synced: 2, linkedToUsers: 0, linkedToChatbot: 0 });
    expect(await linked("a")).toEqual([null, null]);
    expect(await linked("b")).toEqual(["u3", null]);
    await api.database.user.deleteMany({ where: { id: { in: ["v1", "v2"] } } });
  });

  it("says that the session was synchronised", async () => {
    await api.database.whatsAppSession.update({ where: { sessionId: "s1" }, data: { lastSync: new Date(0) } });
    await api.post(SYNC, { sessionId: "s1" });
    const { lastSync } = await api.database.whatsAppSession.findUniqueOrThrow({ where: { sessionId: "s1" } });
    expect(Date.now() - lastSync.getTime()).toBeLessThan(60_000);
  });

  it("of another tenant's session, or in a mode nobody knows, changes nothing", async () => {
    const before = await databaseState(api.database);
    for (const sessionId of ["foreign", "nobody"])
      await expectRefusal(await api.post(SYNC, { sessionId }), 404, '{"error":"Session not found or access denied"}');
    await expectRefusal(await api.post(SYNC, { sessionId: "s1", syncMode: "full" }), 400, '{"error":"syncMode is invalid"}');
    expect(await databaseState(api.database)).toEqual(before);
  });
});
