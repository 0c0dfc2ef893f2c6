import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { bearer, insertSession, OTHER_TENANT, SESSION, TENANT, tokenOf, useApp } from "../testing/legacy-app.ts";
import { startBroker, type Broker } from "../testing/listening-broker.ts";

const PN = "15550100001@s.whatsapp.net";
const MINUTE_MS = 60_000;

let broker: Broker;
beforeAll(async () => {
  broker = await startBroker();
});
const app = useApp(() => broker.env);
afterAll(() => broker.close());
beforeAll(() => insertSession(app().database, { sessionId: "foreign", tenantId: OTHER_TENANT }));

beforeEach(async () => {
  const { database } = app();
  for (const table of ["whatsapp_messages", "crm_activities", "crm_session_summaries", "whatsapp_contacts"])
    await database.query(`delete from ${table}`);
  await database.query(
    `insert into whatsapp_contacts (id, "tenantId", "sessionId", jid, pn, name, "unreadCount", metadata, "updatedAt") values ('c1', $1, $2, $3, $3, 'Ana', 2, '{"participants":[],"state":"old"}', now())`,
    [TENANT, SESSION, PN],
  );
  broker.take();
});

type Answer = { readonly status: number; readonly json: Record<string, unknown> };

async function call(
  path: string,
  { method = "POST", body = {}, token = tokenOf() }: { method?: string; body?: unknown; token?: string } = {},
): Promise<Answer> {
  const response = await fetch(`${app().baseUrl}/api/whatsapp/${path}`, {
    method,
    headers: { ...bearer(token), "content-type": "application/json" },
    ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

type Row = {
  readonly id: string;
  readonly content?: string | null;
  readonly fromMe?: boolean;
  readonly status?: string;
  readonly minutesAgo?: number;
};

async function insertMessage({ id, content = "hello", fromMe = false, status = "PENDING", minutesAgo = 1 }: Row): Promise<void> {
  await app().database.query(
    `insert into whatsapp_messages (id, "sessionId", "messageId", "remoteJid", "whatsappContactId", "fromMe", content, status, timestamp, "updatedAt")
     values ($1, $2, $3, $4, 'c1', $5, $6, $7::"WhatsAppMessageStatus", $8, now())`,
    [id, SESSION, `WA-${id}`, PN, fromMe, content, status, new Date(Date.now() - minutesAgo * MINUTE_MS)],
  );
}

async function rows(table: string): Promise<Record<string, unknown>[]> {
  return (await app().database.query<Record<string, unknown>>(`select * from ${table} order by id`)).rows;
}

test("marking as read reads what came in, and tells once", async () => {
  for (const [id, row] of Object.entries({ a: {}, b: { status: "DELIVERED" }, c: { fromMe: true }, d: { status: "FAILED" } }))
    await insertMessage({ id, ...row });
  expect(await call("contacts/mark-read", { body: { contactId: "c1" } })).toEqual({ status: 200, json: { success: true } });
  expect((await rows("whatsapp_messages")).map(({ status, readAt }) => [status, readAt !== null])).toEqual([
    ["READ", true],
    ["READ", true],
    ["PENDING", false],
    ["FAILED", false],
  ]);
  expect((await broker.until("contact.updated")).map(({ data }) => data["unreadCount"])).toEqual([0]);
  await call("contacts/mark-read", { body: { contactId: PN } });
  expect(broker.take()).toEqual([]);
});

test("a conversation opens once, however often it is opened", async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => call("contacts/c1/session/open", { body: { userId: "null" } })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(answers[0]?.json).toMatchObject({
    id: "c1",
    sessionStatus: "OPEN",
    sessionStartedAt: expect.any(String),
    metadata: { participants: [] },
    routingOverride: null,
  });
  expect(await rows("crm_activities")).toMatchObject([
    { text: "Session started", detail: "Session opened", metadata: { type: "session_start" }, createdById: "user-a" },
  ]);
  expect(await broker.until("contact.updated")).toHaveLength(1);
});

test("a conversation closes with a summary, and only when it is open", async () => {
  expect(await call("contacts/c1/session/close")).toEqual({ status: 409, json: { error: "Contact does not have an open session" } });
  await call("contacts/c1/session/open");
  await app().database.query(`update whatsapp_contacts set "sessionStartedAt" = now() at time zone 'UTC' - interval '150 seconds'`);
  await insertMessage({ id: "a", content: "Hola, quiero pagar la factura?" });
  const { status, json } = await call("contacts/c1/session/close", { body: { needsFollowUp: true, followUpDate: "2026-12-01", annotation: "  " } });
  expect(status).toBe(200);
  expect(json).toMatchObject({ sessionStatus: "CLOSED", sessionStartedAt: null, lastSessionClosedAt: expect.any(String) });
  expect(await rows("crm_session_summaries")).toMatchObject([
    {
      contactId: "c1",
      clientName: "Ana",
      duration: "2 min",
      summary: "Cliente: Hola, quiero pagar la factura?",
      topics: ["factura", "pagar", "quiero"],
      interactionType: "Pago",
      sentiment: "neutral",
      aiInsights: "Sentiment: neutral",
      nextActions: [],
      needsFollowUp: true,
      createdById: "user-a",
      followUpDate: new Date("2026-12-01T00:00:00.000Z"),
    },
  ]);
});

test("the operator's words win over ours", async () => {
  await call("contacts/c1/session/open");
  await call("contacts/c1/session/close", { body: { annotation: " done ", interactionType: "Other" } });
  expect(await rows("crm_session_summaries")).toMatchObject([{ summary: "done", interactionType: "Other", needsFollowUp: false, duration: "0 min" }]);
});

test.each([
  [{ annotation: "x".repeat(4_097) }, "annotation is invalid"],
  [{ interactionType: " " }, "interactionType is invalid"],
  [{ needsFollowUp: "yes" }, "needsFollowUp is invalid"],
  [{ followUpDate: "2026-02-30" }, "followUpDate is invalid"],
])("closing with %o is refused", async (body, error) => {
  expect(await call("contacts/c1/session/close", { body })).toMatchObject({ status: 400, json: { error } });
});

test("nobody acts for somebody else, and what is unknown comes first", async () => {
  expect(await call("contacts/c1/session/open", { body: { userId: "user-b" } })).toEqual({ status: 403, json: { error: "Forbidden" } });
  expect(await call("contacts/nobody/session/open", { body: { userId: "user-b" } })).toEqual({ status: 404, json: { error: "Contact not found" } });
});

test("the history tells who talked, and who handed the contact on meanwhile", async () => {
  const { database } = app();
  const summary = `insert into crm_session_summaries (id, "tenantId", "contactId", "startedAt", date, summary, topics, "nextActions", "createdById", "updatedAt") values ($1, $2, 'c1', $3, $4, 's', '{}', '{}', $5, now())`;
  await database.query(summary, ["s1", TENANT, new Date("2026-01-01T10:00:00Z"), new Date("2026-01-01T11:00:00Z"), "user-a"]);
  await database.query(summary, ["s2", TENANT, null, new Date("2026-01-02T12:00:00Z"), "nobody"]);
  const activity = `insert into crm_activities (id, "tenantId", "contactId", type, text, metadata, "createdAt") values ($1, $2, 'c1', 'note', 't', $3, $4)`;
  const transfer = JSON.stringify({ type: "transfer", from: "user-a", to: null });
  await database.query(activity, ["a1", TENANT, transfer, new Date("2026-01-01T11:00:00Z")]);
  await database.query(activity, ["a2", TENANT, transfer, new Date("2026-01-01T11:59:59.999Z")]);
  await database.query(activity, ["a3", TENANT, JSON.stringify({ type: "delegation" }), new Date("2026-01-02T11:00:00Z")]);
  const { json } = await call("contacts/c1/sessions", { method: "GET" });
  expect(json).toMatchObject([
    { id: "s2", agentName: "Unknown", transfers: [] },
    { id: "s1", agentName: "Ana", transfers: [{ date: "2026-01-01T11:00:00.000Z", from: "user-a", to: null }] },
  ]);
});

test("the preview reads a day at least and a week at most", async () => {
  await insertMessage({ id: "old", content: "reclamo", minutesAgo: 8 * 24 * 60 });
  await insertMessage({ id: "day", content: "precio zapatos", minutesAgo: 23 * 60 });
  await insertMessage({ id: "new", content: null });
  const preview = () => call("contacts/c1/session/summary-preview", { method: "GET" });
  const expected = { summary: "Cliente: precio zapatos", topics: ["precio", "zapatos"], interactionType: "Venta", sentiment: "neutral" };
  expect((await preview()).json).toEqual(expected);
  await call("contacts/c1/session/open");
  expect((await preview()).json).toEqual(expected);
});

test("a message is handed to the bot, or taken by the caller", async () => {
  await insertMessage({ id: "a" });
  const handed = await call("delegate", { body: { messageId: "WA-a", jid: "15550100001", action: "delegate-to-flowbot" } });
  expect(handed).toMatchObject({ status: 200, json: { success: true, contact: { id: "c1", userId: null } } });
  expect(await rows("whatsapp_messages")).toMatchObject([{ status: "DELIVERED", deliveredAt: expect.any(Date) }]);
  expect(await rows("whatsapp_contacts")).toMatchObject([{ routingOverride: "FLOWBOT" }]);
  const taken = await call("delegate", { body: { messageId: "a", jid: PN, action: "take-control" } });
  expect(taken.json).toMatchObject({ contact: { userId: "user-a", assignee: { name: "Ana" } } });
  expect(new Set((await rows("crm_activities")).map(({ text }) => text))).toEqual(new Set(["Control taken", "Delegated to FlowBot"]));
  expect((await broker.until("contact.updated")).at(-1)?.data).toMatchObject({ userId: "user-a" });
});

test("nobody takes what is somebody else's, unless they are an admin", async () => {
  await insertMessage({ id: "a" });
  await app().database.query(
    `insert into users (id, "tenantId", email, "updatedAt") values ('user-c', $1, 'c@users.example', now()) on conflict do nothing`,
    [TENANT],
  );
  await app().database.query(`update whatsapp_contacts set "userId" = 'user-c'`);
  const body = { messageId: "a", jid: PN, action: "take-control" };
  expect(await call("delegate", { body })).toEqual({ status: 403, json: { error: "Forbidden" } });
  expect(await call("delegate", { body, token: tokenOf(TENANT, "admin") })).toMatchObject({ status: 200 });
});

test.each([
  [{}, 400, { error: "messageId is required", details: ["messageId is required", "jid is required", "action is required"] }],
  [{ messageId: "a", jid: "x", action: "y" }, 400, { error: "jid is invalid", details: ["jid is invalid", "action is invalid"] }],
  [{ messageId: "nobody", jid: PN, action: "take-control" }, 404, { error: "Message not found" }],
  [{ messageId: "own", jid: PN, action: "take-control" }, 404, { error: "Message not found" }],
  [{ messageId: "a", jid: "15550100009", action: "take-control" }, 404, { error: "Message not found" }],
])("delegating %o is answered %i", async (body, status, json) => {
  await insertMessage({ id: "a" });
  await insertMessage({ id: "own", fromMe: true });
  expect(await call("delegate", { body })).toEqual({ status, json });
});

test("another tenant sees and changes nothing", async () => {
  const token = tokenOf(OTHER_TENANT, "super_admin");
  await insertMessage({ id: "a" });
  const answers = await Promise.all([
    call("contacts/mark-read", { body: { contactId: "c1" }, token }),
    call("contacts/c1/sessions", { method: "GET", token }),
    call("contacts/c1/session/open", { token }),
    call("contacts/c1/session/close", { token }),
    call("contacts/c1/session/summary-preview", { method: "GET", token }),
    call("delegate", { body: { messageId: "a", jid: PN, action: "take-control" }, token }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
  expect(await rows("whatsapp_contacts")).toMatchObject([{ unreadCount: 2, sessionStatus: "CLOSED", userId: null }]);
  expect([...(await rows("crm_activities")), ...broker.take()]).toEqual([]);
});
