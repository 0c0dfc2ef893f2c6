import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import * as approveRoute from "../../app/api/whatsapp/transfer-requests/[requestId]/approve/route.ts";
import * as cancelRoute from "../../app/api/whatsapp/transfer-requests/[requestId]/route.ts";
import * as denyRoute from "../../app/api/whatsapp/transfer-requests/[requestId]/deny/route.ts";
import * as pendingRoute from "../../app/api/whatsapp/transfer-requests/pending/route.ts";
import * as requestRoute from "../../app/api/whatsapp/contacts/[contactId]/transfer/request/route.ts";
import * as statusRoute from "../../app/api/whatsapp/contacts/[contactId]/transfer-status/route.ts";
import { createTestDatabase } from "../../../../../testing/database.ts";
import { startLegacyForTests, type Answer, type LegacyForTests, type Person } from "../../testing/legacy-for-tests.ts";
import { ADMIN, ANNA, BEN, GHOST, insertPeople, STRANGER } from "../../testing/people.ts";

let legacy: LegacyForTests;

beforeAll(async () => {
  legacy = await startLegacyForTests(await createTestDatabase("whatsapp"));
});
beforeEach(async () => {
  await insertPeople(legacy.db);
  await legacy.db.whatsAppSession.create({ data: { sessionId: "sales", tenantId: "t1", sendSecret: "x" } });
  await legacy.db.whatsAppContact.create({
    data: { ...CONTACT, tenantId: "t1", sessionId: "sales", sessionStatus: "OPEN", userId: ANNA.userId, name: "Cleo" },
  });
});
afterEach(async () => {
  await legacy.emissions();
  await legacy.db.tenant.deleteMany();
});
afterAll(() => legacy.stop());

const CONTACT = { id: "c1", jid: "15550100002@s.whatsapp.net", pn: "15550100002@s.whatsapp.net" };

const ask = (as: Person, body: object = {}, contactId = "c1"): Promise<Answer> =>
  legacy.call(requestRoute, { as, method: "POST", path: `/api/whatsapp/contacts/${contactId}/transfer/request`, body });
const approve = (as: Person, requestId: unknown, body: object = {}): Promise<Answer> =>
  legacy.call(approveRoute, { as, method: "POST", path: `/api/whatsapp/transfer-requests/${String(requestId)}/approve`, body });
const deny = (as: Person, requestId: unknown, body: object = {}): Promise<Answer> =>
  legacy.call(denyRoute, { as, method: "POST", path: `/api/whatsapp/transfer-requests/${String(requestId)}/deny`, body });
const cancel = (as: Person, requestId: unknown): Promise<Answer> =>
  legacy.call(cancelRoute, { as, method: "DELETE", path: `/api/whatsapp/transfer-requests/${String(requestId)}` });
const eventsOf = async (): Promise<string[]> => (await legacy.emissions()).map(({ channels, event }) => `${event} > ${channels.join()}`);
const changeContact = (data: object): Promise<unknown> => legacy.db.whatsAppContact.update({ where: { id: "c1" }, data });

test("a request tells every admin who wants what from whom", async () => {
  const { status, body } = await ask(BEN, { message: " please ", userId: "null" });
  expect(status).toBe(200);
  const user = (name: string): object => ({ id: `u-${name}`, name, email: `u-${name}@example.com` });
  expect(body).toEqual({
    id: body["id"],
    contactId: "c1",
    fromUserId: "u-anna",
    toUserId: "u-ben",
    requestedById: "u-ben",
    supervisorId: null,
    status: "PENDING",
    message: "please",
    supervisorNotes: null,
    createdAt: body["createdAt"],
    updatedAt: body["updatedAt"],
    resolvedAt: null,
    contact: { id: "c1", name: "Cleo", phoneNumber: "15550100002", jid: CONTACT.jid, tenantId: "t1" },
    fromUser: user("anna"),
    toUser: user("ben"),
    requestedBy: user("ben"),
  });
  const emissions = await legacy.emissions();
  expect(emissions).toEqual([
    {
      channels: ["private-user.u-admin"],
      event: "transfer-request:new",
      data: {
        requestId: body["id"],
        contactId: "c1",
        contactName: "Cleo",
        fromUser: user("anna"),
        toUser: user("ben"),
        message: "please",
        createdAt: body["createdAt"],
        sessionId: "sales",
        tenantId: "t1",
        timestamp: emissions[0]?.data["timestamp"],
      },
    },
  ]);
});

test("what stands against a request is told in the contract's order", async () => {
  expect(await ask(STRANGER)).toEqual({ status: 404, body: { error: "Contact not found" } });
  expect(await ask(GHOST)).toEqual({ status: 404, body: { error: "User not found" } });
  expect(await ask(BEN, { userId: "u-anna" })).toEqual({ status: 403, body: { error: "Forbidden" } });
  expect(await ask(ANNA)).toEqual({ status: 409, body: { error: "You already own this contact" } });
  await changeContact({ userId: null });
  expect(await ask(BEN)).toEqual({ status: 409, body: { error: "Contact is not assigned to anyone" } });
  await changeContact({ sessionStatus: "CLOSED" });
  expect(await ask(BEN)).toEqual({ status: 409, body: { error: "Contact does not have an open session" } });
  expect(await ask(BEN, { message: "x".repeat(1_001) })).toEqual({ status: 400, body: { error: "message is invalid" } });
  expect(await legacy.db.contactTransferRequest.count()).toBe(0);
});

test("of several requests at once one is made", async () => {
  const answers = await Promise.all([ask(BEN), ask(BEN), ask(ADMIN)]);
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
  expect(answers.find(({ status }) => status === 409)?.body).toEqual({ error: "A transfer request is already pending for this contact" });
});

test("an approval hands the contact over, notes it and tells everybody concerned", async () => {
  const { body: request } = await ask(BEN);
  await legacy.emissions();
  const { status, body } = await approve(ADMIN, request["id"], { notes: "fine" });
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: "APPROVED", supervisorId: "u-admin", supervisorNotes: "fine" });
  expect(body["resolvedAt"]).not.toBeNull();
  expect((await legacy.db.whatsAppContact.findUniqueOrThrow({ where: { id: "c1" } })).userId).toBe("u-ben");
  const activities = await legacy.db.crmActivity.findMany();
  expect(activities.map(({ text, metadata, createdById }) => ({ text, metadata, createdById }))).toEqual([
    { text: "Session transferred", metadata: { type: "transfer", from: "u-anna", to: "u-ben" }, createdById: "u-admin" },
  ]);
  expect((await eventsOf()).toSorted()).toEqual([
    "contact.updated > private-whatsapp.sales",
    "transfer-request:approved > private-user.u-ben",
    "transfer-request:transferred > private-user.u-anna",
  ]);
});

test("of two decisions at once one wins and the other learns how it ended", async () => {
  const { body: request } = await ask(BEN);
  const answers = await Promise.all([approve(ADMIN, request["id"]), deny(ADMIN, request["id"])]);
  const stored = await legacy.db.contactTransferRequest.findFirstOrThrow();
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  expect(answers.find(({ status }) => status === 409)?.body).toEqual({ error: `Request is not pending (status: ${stored.status})` });
});

test("a denial changes nothing but the request", async () => {
  const { body: request } = await ask(BEN);
  await legacy.emissions();
  expect((await deny(ADMIN, request["id"])).body).toMatchObject({ status: "DENIED", supervisorNotes: null });
  expect((await legacy.db.whatsAppContact.findUniqueOrThrow({ where: { id: "c1" } })).userId).toBe("u-anna");
  expect(await eventsOf()).toEqual(["transfer-request:denied > private-user.u-ben"]);
});

test("deciding takes an admin of the tenant who acts as nobody else", async () => {
  const { body: request } = await ask(BEN);
  expect((await approve(ANNA, request["id"])).status).toBe(403);
  expect(await approve(STRANGER, request["id"])).toEqual({ status: 404, body: { error: "Transfer request not found" } });
  expect(await approve(GHOST, request["id"])).toEqual({ status: 404, body: { error: "User not found" } });
  expect(await approve(ADMIN, request["id"], { supervisorId: "u-ben" })).toEqual({ status: 403, body: { error: "Forbidden" } });
  expect((await legacy.db.contactTransferRequest.findFirstOrThrow()).status).toBe("PENDING");
});

test("only whoever asked takes a request back, and only while it is pending", async () => {
  const { body: request } = await ask(BEN);
  await legacy.emissions();
  expect(await cancel(ANNA, request["id"])).toEqual({ status: 403, body: { error: "You can only cancel your own requests" } });
  expect(await cancel(STRANGER, request["id"])).toEqual({ status: 404, body: { error: "Transfer request not found" } });
  expect((await cancel(BEN, request["id"])).body).toMatchObject({ status: "CANCELLED", supervisorId: null });
  expect(await cancel(BEN, request["id"])).toEqual({ status: 409, body: { error: "Request is not pending (status: CANCELLED)" } });
  expect(await eventsOf()).toEqual(["transfer-request:cancelled > private-user.u-admin"]);
});

test("pending requests are listed newest first, for the tenant's admins alone", async () => {
  const { body: first } = await ask(BEN);
  await legacy.db.whatsAppContact.create({
    data: { id: "c2", tenantId: "t1", jid: "15550100003@s.whatsapp.net", sessionStatus: "OPEN", userId: "u-anna" },
  });
  const { body: second } = await ask(BEN, {}, "c2");
  const list = (as: Person, search = ""): Promise<Answer> =>
    legacy.call(pendingRoute, { as, method: "GET", path: `/api/whatsapp/transfer-requests/pending${search}` });
  expect((await list(ADMIN)).body).toEqual([second, first]);
  expect((await list(STRANGER)).body).toEqual([]);
  expect((await list(ADMIN, "?tenantId=t2")).status).toBe(403);
  expect((await list(ANNA)).status).toBe(403);
});

test("a contact's pending request is shown to whoever may read", async () => {
  const status = (as: Person): Promise<Answer> =>
    legacy.call(statusRoute, { as, method: "GET", path: "/api/whatsapp/contacts/15550100002/transfer-status?userId=null" });
  expect((await status(ANNA)).body).toEqual({ hasPendingRequest: false, request: null });
  const { body: request } = await ask(BEN);
  expect((await status(ANNA)).body).toEqual({ hasPendingRequest: true, request });
  expect((await status(STRANGER)).status).toBe(404);
});
