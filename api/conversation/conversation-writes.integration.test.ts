import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contactSaved } from "@ipnuo/domain/contact";
import { contactRow } from "@ipnuo/domain/contact-row";
import { contactSessions, summaryPreview } from "@ipnuo/domain/conversation-replies";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { countStatements } from "../testing/count-statements.ts";
import { emittedBy, UNREACHABLE_BROKER } from "../testing/emitted.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedContact, seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const NOW = Date.UTC(2026, 4, 20, 15, 30, 0, 250);
const DAY_MS = 86_400_000;
const PN = "15550100001@s.whatsapp.net";
const EXP = NOW / 1_000 + 600;

let db: TestDatabase;
let api: TestApi;
let token: string;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url, { nowMs: () => NOW }, { realtime: UNREACHABLE_BROKER });
  token = await tokenFor({ exp: EXP });
  await seedTenants(api.database);
  await seedSession(api.database, { sessionId: "s1" });
  await seedSession(api.database, { sessionId: "theirs", tenantId: "t2" });
  await api.database.user.create({ data: { id: "u3", tenantId: "t1", email: "u3@example.com" } });
  await api.database.chatbotContact.create({ data: { id: "b1", tenantId: "t1", displayName: "Alice" } });
});
afterAll(async () => {
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  await api.database.whatsAppMessage.deleteMany();
  await api.database.whatsAppContact.deleteMany();
  await api.database.crmActivity.deleteMany();
  await api.database.crmSessionSummary.deleteMany();
  await seedContact(api.database, {
    id: "k1",
    jid: PN,
    pn: PN,
    lid: "777@lid",
    name: "Alice",
    sessionId: "s1",
    unreadCount: 3,
    chatbotContactId: "b1",
    metadata: { participants: [], relic: 1 },
  });
  await seedContact(api.database, { id: "theirs", tenantId: "t2", jid: PN, pn: PN, sessionId: "theirs", sessionStatus: "OPEN", unreadCount: 1 });
});

const post = (path: string, body: unknown = {}, as = token) =>
  api.get(`/api/whatsapp/${path}`, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" }, token: as });
const get = (path: string) => api.get(`/api/whatsapp/${path}`, { token });
const write = (id: string, ageMs: number, data: object = {}) =>
  seedMessage(api.database, { id, sessionId: "s1", whatsappContactId: "k1", timestamp: new Date(NOW - ageMs), ...data });
const rowOf = (id: string) => api.database.whatsAppMessage.findUniqueOrThrow({ where: { id } });
const contactOf = (id = "k1") => api.database.whatsAppContact.findUniqueOrThrow({ where: { id } });

describe("POST contacts/mark-read", () => {
  it.each(["k1", "b1", PN, "777@lid", "+15550100001"])("of %s reads what came in, and tells the count", async (contactId) => {
    await write("in-1", 3_000);
    await write("in-2", 2_000, { status: "DELIVERED", deliveredAt: new Date(1_000) });
    await write("out", 1_000, { fromMe: true, status: "DELIVERED" });
    await write("failed", 900, { status: "FAILED" });
    const emitted = await emittedBy(api.database, async () => {
      expect(await (await post("contacts/mark-read", { contactId })).text()).toBe('{"success":true}');
    });
    expect(await rowOf("in-1")).toMatchObject({ status: "READ", readAt: new Date(NOW), deliveredAt: null });
    expect(await rowOf("in-2")).toMatchObject({ status: "READ", readAt: new Date(NOW), deliveredAt: new Date(1_000) });
    expect(await rowOf("out")).toMatchObject({ status: "DELIVERED", readAt: null });
    expect(await rowOf("failed")).toMatchObject({ status: "FAILED" });
    expect(emitted).toMatchObject([
      { channel: "private-whatsapp.s1", event: "contact.updated", data: { contactId: "b1", whatsappContactId: "k1", unreadCount: 0 } },
    ]);
  });

  it("twice changes nothing the second time", async () => {
    await write("in-1", 3_000);
    await post("contacts/mark-read", { contactId: "k1" });
    const before = [await rowOf("in-1"), await contactOf()];
    expect(await emittedBy(api.database, () => post("contacts/mark-read", { contactId: "k1" }))).toEqual([]);
    expect([await rowOf("in-1"), await contactOf()]).toEqual(before);
  });

  it.each<[unknown, number, object]>([
    [{}, 400, { error: "contactId is required" }],
    [{ contactId: " " }, 400, { error: "contactId is required" }],
    [{ contactId: 1 }, 400, { error: "contactId is invalid" }],
    [{ contactId: "theirs" }, 404, { error: "Contact not found" }],
    [{ contactId: "unknown" }, 404, { error: "Contact not found" }],
    [{ contactId: "15550100099" }, 404, { error: "Contact not found" }],
  ])("of %j is %i", async (body, status, error) => {
    const reply = await post("contacts/mark-read", body);
    expect([reply.status, await reply.json()]).toEqual([status, error]);
    expect((await contactOf("theirs")).unreadCount).toBe(1);
  });
});

describe("POST session/open", () => {
  it("opens, notes it and tells it", async () => {
    const emitted = await emittedBy(api.database, async () => {
      const row = await expectExactly(contactRow, await post("contacts/777@lid/session/open", { userId: "u1" }));
      expect(row).toMatchObject({
        id: "k1",
        sessionStatus: "OPEN",
        sessionStartedAt: new Date(NOW).toISOString(),
        metadata: { participants: [] },
        routingOverride: null,
      });
    });
    expect(emitted).toMatchObject([{ event: "contact.updated", data: { sessionStatus: "OPEN" } }]);
    const notes = await api.database.crmActivity.findMany();
    expect(notes).toMatchObject([
      {
        tenantId: "t1",
        contactId: "k1",
        type: "note",
        text: "Session started",
        detail: "Session opened",
        metadata: { type: "session_start" },
        createdById: "u1",
      },
    ]);
  });

  it("twice at once opens once", async () => {
    const emitted = await emittedBy(api.database, () => Promise.all(Array.from({ length: 8 }, () => post("contacts/k1/session/open"))));
    expect(await api.database.crmActivity.count()).toBe(1);
    expect(emitted).toHaveLength(1);
  });

  it("of an open one writes nothing", async () => {
    await post("contacts/k1/session/open");
    const before = await contactOf();
    const emitted = await emittedBy(api.database, async () => {
      for (const userId of [null, "", "null", "u1"]) await expectExactly(contactRow, await post("contacts/k1/session/open", { userId }));
    });
    expect(emitted).toEqual([]);
    expect(await contactOf()).toEqual(before);
    expect(await api.database.crmActivity.count()).toBe(1);
  });

  it.each<[string, unknown, number, object]>([
    ["k1", { userId: "u3" }, 403, { error: "Forbidden" }],
    ["k1", { userId: 5 }, 400, { error: "userId is invalid" }],
    ["theirs", {}, 404, { error: "Contact not found" }],
    ["theirs", { userId: "u3" }, 404, { error: "Contact not found" }],
    ["un%20known", {}, 404, { error: "Contact not found" }],
    ["x".repeat(200), {}, 404, { error: "Contact not found" }],
  ])("of %s with %j is %i", async (contactId, body, status, error) => {
    const reply = await post(`contacts/${contactId}/session/open`, body);
    expect([reply.status, await reply.json()]).toEqual([status, error]);
    expect(await api.database.crmActivity.count()).toBe(0);
  });
});

describe("POST session/close", () => {
  const open = (startedMs = 3 * 3_600_000) =>
    api.database.whatsAppContact.update({ where: { id: "k1" }, data: { sessionStatus: "OPEN", sessionStartedAt: new Date(NOW - startedMs) } });

  it("keeps what the conversation was about", async () => {
    await open();
    await write("m1", 2_000, { content: "Hola, el pedido no funciona" });
    await write("m2", 1_000, { content: "El pedido llegará mañana", fromMe: true });
    const emitted = await emittedBy(api.database, async () => {
      const row = await expectExactly(contactRow, await post("contacts/k1/session/close", { needsFollowUp: true, followUpDate: "2026-06-01" }));
      expect(row).toMatchObject({ sessionStatus: "CLOSED", lastSessionClosedAt: new Date(NOW).toISOString(), sessionStartedAt: null });
    });
    expect(emitted).toMatchObject([{ event: "contact.updated", data: { sessionStatus: "CLOSED" } }]);
    expect(await api.database.crmSessionSummary.findMany()).toMatchObject([
      {
        tenantId: "t1",
        contactId: "k1",
        clientName: "Alice",
        startedAt: new Date(NOW - 3 * 3_600_000),
        date: new Date(NOW),
        duration: "180 min",
        summary: "Cliente: Hola, el pedido no funciona\nAgente: El pedido llegará mañana",
        topics: ["pedido", "funciona", "llegara", "manana"],
        sentiment: "neutral",
        interactionType: "Soporte",
        nextActions: [],
        aiInsights: "Sentiment: neutral",
        needsFollowUp: true,
        followUpDate: new Date("2026-06-01T00:00:00Z"),
        followUpTime: null,
        followUpNote: null,
        createdById: "u1",
      },
    ]);
  });

  it("lets the operator's words win", async () => {
    await open();
    await post("contacts/k1/session/close", {
      annotation: "  Called back.  ",
      interactionType: " Venta ",
      followUpDate: "2026-06-01T10:00:00+02:00",
      userId: "null",
    });
    expect(await api.database.crmSessionSummary.findMany()).toMatchObject([
      {
        summary: "Called back.",
        interactionType: "Venta",
        needsFollowUp: false,
        followUpDate: new Date("2026-06-01T08:00:00Z"),
        sentiment: "neutral",
      },
    ]);
  });

  it("takes a blank annotation for none", async () => {
    await open();
    await post("contacts/k1/session/close", { annotation: "  " });
    expect(await api.database.crmSessionSummary.findMany()).toMatchObject([{ summary: "Sin resumen generado.", interactionType: "Otro" }]);
  });

  it("twice at once closes once", async () => {
    await open();
    const replies = await Promise.all(Array.from({ length: 5 }, () => post("contacts/k1/session/close")));
    expect(replies.map(({ status }) => String(status)).toSorted()).toEqual(["200", "409", "409", "409", "409"]);
    expect(await api.database.crmSessionSummary.count()).toBe(1);
  });

  it.each<[unknown, number, object]>([
    [{}, 409, { error: "Contact does not have an open session" }],
    [{ userId: "u3" }, 403, { error: "Forbidden" }],
    [{ annotation: "x".repeat(4_097) }, 400, { error: "annotation is invalid" }],
    [{ interactionType: "x".repeat(65) }, 400, { error: "interactionType is invalid" }],
    [{ interactionType: " " }, 400, { error: "interactionType is invalid" }],
    [{ needsFollowUp: "true" }, 400, { error: "needsFollowUp is invalid" }],
    [{ followUpDate: "2026-02-30" }, 400, { error: "followUpDate is invalid" }],
    [{ followUpDate: "2026-06-01T10:00:00" }, 400, { error: "followUpDate is invalid" }],
    [{ followUpDate: "0000-01-01" }, 400, { error: "followUpDate is invalid" }],
    [{ followUpDate: 5 }, 400, { error: "followUpDate is invalid" }],
    [{ annotation: 5, needsFollowUp: 1 }, 400, { error: "annotation is invalid", details: ["annotation is invalid", "needsFollowUp is invalid"] }],
  ])("with %j is %i", async (body, status, error) => {
    const reply = await post("contacts/k1/session/close", body);
    expect([reply.status, await reply.json()]).toEqual([status, error]);
    expect(await api.database.crmSessionSummary.count()).toBe(0);
  });

  it("of another tenant's contact is 404", async () => {
    expect((await post("contacts/theirs/session/close")).status).toBe(404);
    expect((await contactOf("theirs")).sessionStatus).toBe("OPEN");
  });
});

describe("GET session/summary-preview", () => {
  const preview = async () => expectExactly(summaryPreview, await get("contacts/k1/session/summary-preview"));

  it("looks at the last week of a closed conversation, and writes nothing", async () => {
    await write("old", 7 * DAY_MS + 1, { content: "viejo" });
    await write("edge", 7 * DAY_MS, { content: "primero" });
    await write("empty", 2_000, { content: "" });
    await write("none", 2_000);
    await write("later", -1_000, { content: "futuro" });
    const before = await contactOf();
    expect(await emittedBy(api.database, async () => expect((await preview()).summary).toBe("Cliente: primero"))).toEqual([]);
    expect(await contactOf()).toEqual(before);
  });

  it("looks at an open conversation, but never at less than a day", async () => {
    await api.database.whatsAppContact.update({ where: { id: "k1" }, data: { sessionStatus: "OPEN", sessionStartedAt: new Date(NOW - 60_000) } });
    await write("yesterday", DAY_MS, { content: "ayer" });
    await write("before", DAY_MS + 1, { content: "antes" });
    expect((await preview()).topics).toEqual(["ayer"]);
  });

  it("reads the newest 200", async () => {
    await api.database.whatsAppMessage.createMany({
      data: Array.from({ length: 205 }, (_, index) => ({
        sessionId: "s1",
        messageId: `W${index}`,
        remoteJid: PN,
        whatsappContactId: "k1",
        timestamp: new Date(NOW - index * 1_000),
        content: index < 200 ? "nuevo" : "viejo",
      })),
    });
    expect(await preview()).toMatchObject({ topics: ["nuevo"] });
    expect(await countStatements(preview)).toBe(3);
  });

  it("of nobody is 404", async () => {
    for (const id of ["theirs", "15550100099"]) expect((await get(`contacts/${id}/session/summary-preview`)).status).toBe(404);
  });
});

describe("GET contacts/:contactId/sessions", () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute));
  beforeEach(async () => {
    const summary = { tenantId: "t1", contactId: "k1", summary: "s", topics: ["a"], nextActions: [] };
    await api.database.crmSessionSummary.createMany({
      data: [
        { ...summary, id: "s-1", startedAt: at(10), date: at(20), createdById: "u1" },
        { ...summary, id: "s-3", date: at(30), createdById: "u3" },
        { ...summary, id: "s-2", startedAt: at(29), date: at(30), createdById: "gone" },
        { ...summary, id: "other", contactId: null, date: at(30), createdById: "u1" },
      ],
    });
    const note = { tenantId: "t1", contactId: "k1", type: "note" as const, text: "Session transferred" };
    await api.database.crmActivity.createMany({
      data: [
        { ...note, id: "a-2", createdAt: at(20), metadata: { type: "transfer", from: "u3", to: null } },
        { ...note, id: "a-1", createdAt: at(10), metadata: { type: "transfer", from: "u1", to: "u3" } },
        { ...note, id: "a-0", createdAt: at(9), metadata: { type: "transfer", from: "u1", to: "u3" } },
        { ...note, id: "a-3", createdAt: at(15), metadata: { type: "session_start" } },
      ],
    });
  });

  it("is a bare list, newest first, with agents and transfers", async () => {
    const list = await expectExactly(contactSessions, await get("contacts/b1/sessions"));
    expect(list.map(({ id, agentName, transfers }) => [id, agentName, transfers.length])).toEqual([
      ["s-2", "Unknown", 0],
      ["s-3", "u3@example.com", 3],
      ["s-1", "Agent One", 2],
    ]);
    expect(list[2]?.transfers).toEqual([
      { date: at(10).toISOString(), from: "u1", to: "u3" },
      { date: at(20).toISOString(), from: "u3", to: null },
    ]);
  });

  it("takes two statements, however many conversations there are", async () => {
    const summary = { tenantId: "t1", contactId: "k1", summary: "s", topics: [], nextActions: [], createdById: "u1" };
    await api.database.crmSessionSummary.createMany({ data: Array.from({ length: 50 }, (_, index) => ({ ...summary, date: at(index) })) });
    expect(await countStatements(() => get("contacts/k1/sessions"))).toBe(2);
  });

  it("of nobody is 404", async () => {
    for (const id of ["theirs", "unknown", "15550100099"]) expect((await get(`contacts/${id}/sessions`)).status).toBe(404);
  });
});

describe("POST delegate", () => {
  const delegate = (body: object, as = token) => post("delegate", { messageId: "m1", jid: PN, action: "delegate-to-flowbot", ...body }, as);
  beforeEach(async () => {
    await write("m1", 1_000, { messageId: "WA1" });
    await write("mine", 1_000, { fromMe: true });
    await seedMessage(api.database, { id: "foreign", sessionId: "theirs", whatsappContactId: "theirs", messageId: "WA9", timestamp: new Date(NOW) });
  });

  it.each([
    ["m1", PN],
    ["WA1", "777@lid"],
    ["m1", "15550100001"],
  ])("of %s in %s leaves the feed and goes to the flow bot", async (messageId, jid) => {
    const emitted = await emittedBy(api.database, async () => {
      const { contact } = await expectExactly(contactSaved, await delegate({ messageId, jid }));
      expect(contact).toMatchObject({ id: "k1", userId: null });
    });
    expect(emitted).toEqual([]);
    expect(await rowOf("m1")).toMatchObject({ status: "DELIVERED", deliveredAt: new Date(NOW) });
    expect(await contactOf()).toMatchObject({ routingOverride: "FLOWBOT", userId: null });
    expect(await api.database.crmActivity.findMany()).toMatchObject([
      {
        text: "Delegated to FlowBot",
        type: "note",
        metadata: { type: "delegation", action: "delegate-to-flowbot", messageId: "m1" },
        createdById: "u1",
      },
    ]);
  });

  it("takes control", async () => {
    const emitted = await emittedBy(api.database, async () => {
      const { contact } = await expectExactly(contactSaved, await delegate({ action: "take-control" }));
      expect(contact).toMatchObject({ userId: "u1", assignee: { id: "u1", name: "Agent One" } });
    });
    expect(emitted).toMatchObject([{ event: "contact.updated", data: { userId: "u1" } }]);
    expect(await contactOf()).toMatchObject({ routingOverride: "USER", userId: "u1" });
    expect(await api.database.crmActivity.findMany()).toMatchObject([{ text: "Control taken" }]);
  });

  it("is forbidden to users whose contact it is not, never to admins", async () => {
    await api.database.whatsAppContact.update({ where: { id: "k1" }, data: { userId: "u3" } });
    const user = await tokenFor({ role: "user", exp: EXP });
    expect((await delegate({ action: "take-control" }, user)).status).toBe(403);
    expect((await delegate({}, user)).status).toBe(200);
    expect((await delegate({ action: "take-control" })).status).toBe(200);
  });

  it.each<[object, number, object]>([
    [{ messageId: undefined }, 400, { error: "messageId is required" }],
    [{ jid: "" }, 400, { error: "jid is required" }],
    [{ jid: "junk" }, 400, { error: "jid is invalid" }],
    [{ action: undefined }, 400, { error: "action is required" }],
    [{ action: "drop" }, 400, { error: "action is invalid" }],
    [{ messageId: "unknown" }, 404, { error: "Message not found" }],
    [{ messageId: "foreign" }, 404, { error: "Message not found" }],
    [{ messageId: "WA9" }, 404, { error: "Message not found" }],
    [{ messageId: "mine" }, 404, { error: "Message not found" }],
    [{ jid: "15550100002" }, 404, { error: "Message not found" }],
  ])("with %j is %i", async (body, status, error) => {
    const reply = await delegate(body);
    expect([reply.status, await reply.json()]).toEqual([status, error]);
    expect(await api.database.crmActivity.count()).toBe(0);
    expect(await rowOf("m1")).toMatchObject({ status: "PENDING" });
  });

  it("by somebody without a row among the users can only give away", async () => {
    const stranger = await tokenFor({ sub: "stranger", exp: EXP });
    expect(await (await delegate({ action: "take-control" }, stranger)).json()).toEqual({ error: "User not found" });
    expect((await delegate({}, stranger)).status).toBe(200);
  });
});
