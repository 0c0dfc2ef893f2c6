import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import * as assignRoute from "../../app/api/whatsapp/contacts/[contactId]/assign/route.ts";
import * as linkRoute from "../../app/api/whatsapp/contacts/link/route.ts";
import * as lockRoute from "../../app/api/whatsapp/contacts/[contactId]/lock-status/route.ts";
import * as syncRoute from "../../app/api/whatsapp/accounts/sync/route.ts";
import { createTestDatabase } from "../../../../../testing/database.ts";
import { startLegacyForTests, type Answer, type LegacyForTests, type Person } from "../../testing/legacy-for-tests.ts";
import { ADMIN, ANNA, BEN, insertPeople, STRANGER } from "../../testing/people.ts";

let legacy: LegacyForTests;

beforeAll(async () => {
  legacy = await startLegacyForTests(await createTestDatabase("whatsapp"));
});
beforeEach(async () => {
  await insertPeople(legacy.db);
  await legacy.db.whatsAppSession.create({ data: { sessionId: "sales", tenantId: "t1", sendSecret: "x" } });
  await legacy.db.whatsAppContact.create({ data: { ...contact("c1", "15550100002"), sessionId: "sales", name: "Cleo" } });
});
afterEach(async () => {
  await legacy.emissions();
  await legacy.db.tenant.deleteMany();
});
afterAll(() => legacy.stop());

const contact = (id: string, digits: string): { id: string; tenantId: string; jid: string; pn: string } => {
  const jid = `${digits}@s.whatsapp.net`;
  return { id, tenantId: "t1", jid, pn: jid };
};
const assign = (as: Person, userId: unknown, contactId = "c1"): Promise<Answer> =>
  legacy.call(assignRoute, { as, method: "POST", path: `/api/whatsapp/contacts/${contactId}/assign`, body: { userId } });
const link = (body: object, as: Person = ADMIN): Promise<Answer> =>
  legacy.call(linkRoute, { as, method: "POST", path: "/api/whatsapp/contacts/link", body });
const transfers = async (): Promise<unknown[]> =>
  (await legacy.db.crmActivity.findMany({ orderBy: { createdAt: "asc" } })).map(({ metadata }) => metadata);
const ownerOf = async (id = "c1"): Promise<string | null> => (await legacy.db.whatsAppContact.findUniqueOrThrow({ where: { id } })).userId;

test("an assignment is answered, told with the newest message's preview, and noted only when somebody lost the contact", async () => {
  const message = { sessionId: "sales", remoteJid: "15550100002@s.whatsapp.net", whatsappContactId: "c1" };
  await legacy.db.whatsAppMessage.create({ data: { ...message, messageId: "m1", content: "first", timestamp: new Date(1_000) } });
  await legacy.db.whatsAppMessage.create({ data: { ...message, messageId: "m2", content: "two\n\n lines", timestamp: new Date(2_000) } });
  const { body } = await assign(ANNA, "u-ben", "15550100002");
  expect(body["contact"]).toMatchObject({ id: "c1", userId: "u-ben", assignee: { id: "u-ben", name: "ben", color: null } });
  expect(await transfers()).toEqual([]);
  const [emission] = await legacy.emissions();
  expect(emission).toEqual({
    channels: ["private-whatsapp.sales"],
    event: "contact.updated",
    data: {
      contactId: "c1",
      whatsappContactId: "c1",
      jid: "15550100002@s.whatsapp.net",
      unreadCount: 0,
      lastMessageAt: null,
      lastMessagePreview: "two lines",
      name: "Cleo",
      userId: "u-ben",
      sessionStatus: "CLOSED",
      sessionId: "sales",
      tenantId: "t1",
      timestamp: emission?.data["timestamp"],
    },
  });
  await assign(BEN, null);
  expect(await transfers()).toEqual([{ type: "transfer", from: "u-ben", to: null }]);
});

test("the same owner again changes nothing and tells nothing", async () => {
  await assign(ADMIN, "u-ben");
  await legacy.emissions();
  const before = await legacy.db.whatsAppContact.findUniqueOrThrow({ where: { id: "c1" } });
  expect((await assign(ADMIN, "u-ben")).status).toBe(200);
  expect(await legacy.db.whatsAppContact.findUniqueOrThrow({ where: { id: "c1" } })).toEqual(before);
  expect(await legacy.emissions()).toEqual([]);
});

test("whoever is no admin takes no contact away from a colleague", async () => {
  await assign(ADMIN, "u-ben");
  expect(await assign(ANNA, "u-anna")).toEqual({ status: 403, body: { error: "Forbidden" } });
  expect(await assign(ANNA, null)).toEqual({ status: 403, body: { error: "Forbidden" } });
  expect(await ownerOf()).toBe("u-ben");
});

test("foreign contacts and users are unknown, an absent user is asked for", async () => {
  expect(await assign(STRANGER, null)).toEqual({ status: 404, body: { error: "Contact not found" } });
  expect(await assign(ADMIN, "u-stranger")).toEqual({ status: 404, body: { error: "User not found" } });
  expect(await assign(ADMIN, undefined)).toEqual({ status: 400, body: { error: "userId is required" } });
  expect(await assign(ADMIN, 1)).toEqual({ status: 400, body: { error: "userId is invalid" } });
});

test("a link goes to one target of the tenant, by the contact's own id", async () => {
  await legacy.db.chatbotContact.createMany({
    data: [
      { id: "b1", tenantId: "t1", displayName: "Bot" },
      { id: "b2", tenantId: "t2", displayName: "Theirs" },
    ],
  });
  const to = (targetType: string, targetId: string | null, whatsappContactId = "c1"): object => ({ whatsappContactId, targetType, targetId });
  expect((await link(to("chatbot", "b1"))).body["contact"]).toMatchObject({ chatbotContact: { id: "b1", displayName: "Bot" } });
  expect((await legacy.emissions()).map(({ data }) => [data["contactId"], data["whatsappContactId"]])).toEqual([["b1", "c1"]]);
  expect(await link(to("chatbot", "b2"))).toEqual({ status: 404, body: { error: "Target not found" } });
  expect(await link(to("user", "u-stranger"))).toEqual({ status: 404, body: { error: "Target not found" } });
  expect(await link(to("chatbot", "b1", "15550100002"))).toEqual({ status: 404, body: { error: "Contact not found" } });
  expect((await link(to("chatbot", null))).body["contact"]).toMatchObject({ chatbotContactId: null });
  expect(await link({})).toEqual({
    status: 400,
    body: { error: "whatsappContactId is required", details: ["whatsappContactId is required", "targetType is required", "targetId is required"] },
  });
});

test("a contact is locked for everybody but its owner while the conversation is open", async () => {
  const lock = async (as: Person): Promise<unknown> =>
    (await legacy.call(lockRoute, { as, method: "GET", path: "/api/whatsapp/contacts/c1/lock-status" })).body;
  const currentOwner = { id: "u-anna", name: "anna", email: "u-anna@example.com" };
  expect(await lock(BEN)).toEqual({ isLocked: false, reason: null, currentOwner: null });
  await legacy.db.whatsAppContact.update({ where: { id: "c1" }, data: { sessionStatus: "OPEN", userId: "u-anna" } });
  expect(await lock(BEN)).toEqual({ isLocked: true, reason: "Contact is assigned to another user", currentOwner });
  expect(await lock(ANNA)).toEqual({ isLocked: false, reason: null, currentOwner });
});

test("a sync links by exact number, replaces no link, and leaves alone what is not unique", async () => {
  await legacy.db.user.update({ where: { id: "u-anna" }, data: { normalizedPhone: "15550100002" } });
  await legacy.db.user.updateMany({ where: { id: { in: ["u-ben", "u-admin"] } }, data: { normalizedPhone: "15550100003" } });
  await legacy.db.user.update({ where: { id: "u-stranger" }, data: { normalizedPhone: "15550100005" } });
  await legacy.db.chatbotContact.createMany({
    data: [
      { id: "b1", tenantId: "t1", displayName: "Bot", phone: "15550100002" },
      { id: "b2", tenantId: "t1", displayName: "Bot", phone: "15550100004" },
    ],
  });
  const sales = { sessionId: "sales" };
  await legacy.db.whatsAppContact.createMany({
    data: [
      { ...contact("c2", "15550100003"), ...sales },
      { ...contact("c3", "15550100004"), ...sales, chatbotContactId: "b1" },
      { ...contact("c4", "15550100005"), ...sales },
      { id: "g1", tenantId: "t1", jid: "123-456@g.us", isGroup: true, ...sales },
    ],
  });
  const answer = await legacy.call(syncRoute, { as: ADMIN, method: "POST", path: "/api/whatsapp/accounts/sync", body: sales });
  expect(answer).toEqual({ status: 200, body: { success: true, stats: { synced: 4, linkedToUsers: 1, linkedToChatbot: 1 } } });
  const rows = await legacy.db.whatsAppContact.findMany({ orderBy: { id: "asc" } });
  expect(rows.map(({ id, userId, chatbotContactId }) => [id, userId, chatbotContactId])).toEqual([
    ["c1", "u-anna", "b1"],
    ["c2", null, null],
    ["c3", null, "b1"],
    ["c4", null, null],
    ["g1", null, null],
  ]);
  expect((await legacy.emissions()).map(({ event, data }) => [event, data["whatsappContactId"], data["userId"]])).toEqual([
    ["contact.updated", "c1", "u-anna"],
  ]);
});
