import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { transferRequest, transferState } from "@ipnuo/domain/transfer";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { databaseState } from "../testing/database-state.ts";
import { emittedBy, UNREACHABLE_BROKER } from "../testing/emitted.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedContact, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const JID = "15550100001@s.whatsapp.net";
const NOT_FOUND = '{"error":"Transfer request not found"}';
const userRef = (id: string) => ({ id, name: id, email: `${id}@example.com` });

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url, {}, { realtime: UNREACHABLE_BROKER });
  await seedTenants(api.database);
  await api.database.user.createMany({
    data: (
      [
        ["owner", "t1", "user"],
        ["asker", "t1", "user"],
        ["boss", "t1", "admin"],
        ["chief", "t1", "super_admin"],
        ["boss2", "t2", "admin"],
      ] as const
    ).map(([id, tenantId, role]) => ({ id, tenantId, role, name: id, email: `${id}@example.com` })),
  });
  await seedSession(api.database, { sessionId: "s1" });
});
afterAll(async () => {
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  await api.database.crmActivity.deleteMany();
  await api.database.whatsAppContact.deleteMany();
  await seedContact(api.database, { id: "k1", jid: JID, pn: JID, name: "Ann", sessionId: "s1", sessionStatus: "OPEN", userId: "owner" });
  await seedContact(api.database, { id: "k2", tenantId: "t2", jid: JID, pn: JID, sessionStatus: "OPEN", userId: "boss2" });
});

const as = async (sub: string, over: object = {}) => ({ token: await tokenFor({ sub, role: sub === "boss" ? "admin" : "user", ...over }) });
const ask = async (sub = "asker", body: unknown = {}, contact = "k1") =>
  api.post(`/api/whatsapp/contacts/${contact}/transfer/request`, body, await as(sub));
const decide = async (id: string, verb: "approve" | "deny", body: unknown = {}) =>
  api.post(`/api/whatsapp/transfer-requests/${id}/${verb}`, body, await as("boss"));
const cancel = async (id: string, sub = "asker") => api.get(`/api/whatsapp/transfer-requests/${id}`, { method: "DELETE", ...(await as(sub)) });
const asked = async (body: unknown = {}) => expectExactly(transferRequest, await ask("asker", body));
const seedRequest = (id: string, contactId: string, over: object = {}) =>
  api.database.contactTransferRequest.create({ data: { id, contactId, toUserId: "boss2", requestedById: "boss2", ...over } });

async function expectRefusal(response: Response, status: number, body: string): Promise<void> {
  expect(await response.text()).toBe(body);
  expect(response.status).toBe(status);
}

describe("POST transfer/request", () => {
  it("asks for the conversation, and tells every admin of the tenant once", async () => {
    let reply: z.infer<typeof transferRequest> | undefined;
    const emitted = await emittedBy(api.database, async () => {
      reply = await asked({ userId: "asker", message: "  mine, please " });
    });
    expect(reply).toEqual({
      id: expect.any(String),
      contactId: "k1",
      fromUserId: "owner",
      toUserId: "asker",
      requestedById: "asker",
      supervisorId: null,
      status: "PENDING",
      message: "mine, please",
      supervisorNotes: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      resolvedAt: null,
      contact: { id: "k1", name: "Ann", phoneNumber: "15550100001", jid: JID, tenantId: "t1" },
      fromUser: userRef("owner"),
      toUser: userRef("asker"),
      requestedBy: userRef("asker"),
    });
    const data = {
      requestId: reply?.id,
      contactId: "k1",
      contactName: "Ann",
      fromUser: userRef("owner"),
      toUser: userRef("asker"),
      message: "mine, please",
      createdAt: reply?.createdAt,
      sessionId: "s1",
      tenantId: "t1",
    };
    expect(emitted).toEqual(["boss", "chief"].map((id) => ({ channel: `private-user.${id}`, event: "transfer-request:new", data })));
    expect(await api.database.crmActivity.count()).toBe(0);
  });

  it.each([
    ["is closed", { sessionStatus: "CLOSED" }, "Contact does not have an open session"],
    ["is closed and nobody's", { sessionStatus: "CLOSED", userId: null }, "Contact does not have an open session"],
    ["is nobody's", { userId: null }, "Contact is not assigned to anyone"],
    ["is the caller's", { userId: "asker" }, "You already own this contact"],
  ] as const)("of a contact that %s is 409", async (_name, data, error) => {
    await api.database.whatsAppContact.update({ where: { id: "k1" }, data });
    const before = await databaseState(api.database);
    await expectRefusal(await ask(), 409, JSON.stringify({ error }));
    expect(await databaseState(api.database)).toEqual(before);
  });

  it("of one that is asked for already is 409, whoever asked, and of many at once one is made", async () => {
    const replies = await Promise.all(["asker", "boss", "chief", "asker"].map((sub) => ask(sub)));
    expect(replies.map(({ status }) => String(status)).toSorted()).toEqual(["200", "409", "409", "409"]);
    await expectRefusal(await ask(), 409, '{"error":"A transfer request is already pending for this contact"}');
    expect(await api.database.contactTransferRequest.count()).toBe(1);
  });

  it("that meets another system's request in the index is 409 too", async () => {
    // Not seen before the insert: the other transaction commits while ours waits for the index.
    const other = api.database.$transaction(
      async (transaction) => {
        await transaction.contactTransferRequest.create({ data: { contactId: "k1", toUserId: "chief", requestedById: "chief" } });
        const waiting = ask();
        await expect
          .poll(
            async () =>
              (
                await api.database.$queryRaw<
                  object[]
                >`select 1 from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'`
              ).length,
            {
              timeout: 10_000,
            },
          )
          .toBe(1);
        return { waiting };
      },
      { timeout: 15_000 },
    );
    const { waiting } = await other;
    await expectRefusal(await waiting, 409, '{"error":"A transfer request is already pending for this contact"}');
  });

  it("after the last one was decided is taken again", async () => {
    const { id } = await asked();
    await decide(id, "deny");
    expect((await ask()).status).toBe(200);
  });

  it.each([
    [{ message: 5 }, "message is invalid"],
    [{ message: "x".repeat(1_001) }, "message is invalid"],
    [{ userId: 5 }, "userId is invalid"],
  ])("%j is 400", async (body, error) => {
    await expectRefusal(await ask("asker", body), 400, JSON.stringify({ error }));
  });

  it("for somebody else is 403, by nobody in the tenant 404, of a foreign contact 404", async () => {
    const before = await databaseState(api.database);
    await expectRefusal(await ask("asker", { userId: "owner" }), 403, '{"error":"Forbidden"}');
    await expectRefusal(await ask("stranger"), 404, '{"error":"User not found"}');
    for (const contact of ["k2", "nobody", "15559999999"]) await expectRefusal(await ask("asker", {}, contact), 404, '{"error":"Contact not found"}');
    expect(await databaseState(api.database)).toEqual(before);
  });
});

describe("GET transfer-status", () => {
  const status = async (query = "", contact = "k1") => api.get(`/api/whatsapp/contacts/${contact}/transfer-status${query}`, await as("owner"));

  it("shows the pending request, whoever made it", async () => {
    expect(await expectExactly(transferState, await status())).toEqual({ hasPendingRequest: false, request: null });
    const request = await asked();
    expect(await expectExactly(transferState, await status("?userId=owner"))).toEqual({ hasPendingRequest: true, request });
    await cancel(request.id);
    expect(await expectExactly(transferState, await status())).toEqual({ hasPendingRequest: false, request: null });
  });

  it("is the caller's question, about a contact of the tenant", async () => {
    await expectRefusal(await status("?userId=asker"), 403, '{"error":"Forbidden"}');
    for (const contact of ["k2", "nobody", "15559999999"]) await expectRefusal(await status("", contact), 404, '{"error":"Contact not found"}');
  });
});

describe("GET transfer-requests/pending", () => {
  const pending = async (query = "") => api.get(`/api/whatsapp/transfer-requests/pending${query}`, await as("boss"));

  it("lists the tenant's, newest first, ties by id", async () => {
    const at = (day: number) => new Date(Date.UTC(2026, 0, day));
    for (const [id, day] of [
      ["b", 2],
      ["a", 2],
      ["c", 3],
      ["d", 1],
    ] as const) {
      await seedContact(api.database, { id: `k-${id}`, jid: `1555010001${day}-${id.charCodeAt(0)}@g.us` });
      await seedRequest(id, `k-${id}`, { toUserId: "asker", requestedById: "asker", createdAt: at(day) });
    }
    await seedRequest("decided", "k1", { status: "DENIED", toUserId: "asker", requestedById: "asker" });
    await seedRequest("foreign", "k2");
    const list = await expectExactly(z.array(transferRequest), await pending("?tenantId=t1"));
    expect(list.map(({ id }) => id)).toEqual(["c", "a", "b", "d"]);
    expect(await expectExactly(z.array(transferRequest), await pending("?tenantId=null"))).toEqual(list);
  });

  it("is never another tenant's", async () => {
    await expectRefusal(await pending("?tenantId=t2"), 403, '{"error":"Forbidden"}');
  });
});

describe("POST approve", () => {
  it("gives the contact away, notes it, and tells list, asker and former owner, in this order", async () => {
    const { id } = await asked();
    const emitted = await emittedBy(api.database, async () => {
      const reply = await expectExactly(transferRequest, await decide(id, "approve", { supervisorId: "boss", notes: " fine " }));
      expect(reply).toMatchObject({ id, status: "APPROVED", supervisorId: "boss", supervisorNotes: "fine", resolvedAt: expect.any(String) });
    });
    expect(await api.database.whatsAppContact.findUnique({ where: { id: "k1" } })).toMatchObject({ userId: "asker", sessionStatus: "OPEN" });
    expect(await api.database.crmActivity.findMany()).toMatchObject([
      { text: "Session transferred", metadata: { type: "transfer", from: "owner", to: "asker" }, createdById: "boss", contactId: "k1" },
    ]);
    const base = { requestId: id, contactId: "k1", contactName: "Ann", sessionId: "s1", tenantId: "t1" };
    expect(emitted).toEqual([
      expect.objectContaining({ channel: "private-whatsapp.s1", event: "contact.updated", data: expect.objectContaining({ userId: "asker" }) }),
      { channel: "private-user.asker", event: "transfer-request:approved", data: { ...base, notes: "fine" } },
      { channel: "private-user.owner", event: "transfer-request:transferred", data: { ...base, transferredTo: userRef("asker") } },
    ]);
  });

  it("of two decisions at once lets one win; the other is told what it has become", async () => {
    const { id } = await asked();
    const replies = await Promise.all([decide(id, "approve"), decide(id, "deny"), decide(id, "approve"), decide(id, "deny"), cancel(id)]);
    expect(replies.map(({ status }) => String(status)).toSorted()).toEqual(["200", "409", "409", "409", "409"]);
    const { status } = await api.database.contactTransferRequest.findUniqueOrThrow({ where: { id } });
    const refused = replies.filter((reply) => reply.status === 409);
    for (const reply of refused) expect(await reply.text()).toBe(JSON.stringify({ error: `Request is not pending (status: ${status})` }));
    expect(await api.database.crmActivity.count()).toBe(status === "APPROVED" ? 1 : 0);
  });
});

describe("POST deny", () => {
  it("tells the asker and changes nothing else", async () => {
    const { id } = await asked();
    const emitted = await emittedBy(api.database, async () => {
      const reply = await expectExactly(transferRequest, await decide(id, "deny"));
      expect(reply).toMatchObject({ status: "DENIED", supervisorId: "boss", supervisorNotes: null });
    });
    expect(emitted).toEqual([
      {
        channel: "private-user.asker",
        event: "transfer-request:denied",
        data: { requestId: id, contactId: "k1", contactName: "Ann", notes: null, sessionId: "s1", tenantId: "t1" },
      },
    ]);
    expect(await api.database.whatsAppContact.findUnique({ where: { id: "k1" } })).toMatchObject({ userId: "owner" });
  });
});

describe("a decision", () => {
  it.each(["approve", "deny"] as const)("%s is a supervisor's own, about a request of the tenant", async (verb) => {
    const { id } = await asked();
    await seedRequest("foreign", "k2");
    const before = await databaseState(api.database);
    for (const unknown of ["foreign", "nobody", "pending", "a%2Fb"]) await expectRefusal(await decide(unknown, verb), 404, NOT_FOUND);
    await expectRefusal(await decide(id, verb, { supervisorId: "chief" }), 403, '{"error":"Forbidden"}');
    await expectRefusal(await decide(id, verb, { notes: "x".repeat(1_001) }), 400, '{"error":"notes is invalid"}');
    const path = `/api/whatsapp/transfer-requests/${id}/${verb}`;
    await expectRefusal(await api.post(path, {}, await as("asker")), 403, '{"error":"Forbidden"}');
    await expectRefusal(await api.post(path, {}, await as("stranger", { role: "admin" })), 404, '{"error":"User not found"}');
    expect(await databaseState(api.database)).toEqual(before);
  });
});

describe("DELETE transfer-requests/:requestId", () => {
  it("takes one's own request back, and tells every admin", async () => {
    const { id } = await asked();
    const emitted = await emittedBy(api.database, async () => {
      const reply = await expectExactly(transferRequest, await cancel(id));
      expect(reply).toMatchObject({ status: "CANCELLED", supervisorId: null, resolvedAt: expect.any(String) });
    });
    const data = { requestId: id, contactId: "k1", contactName: "Ann", sessionId: "s1", tenantId: "t1" };
    expect(emitted).toEqual(["boss", "chief"].map((admin) => ({ channel: `private-user.${admin}`, event: "transfer-request:cancelled", data })));
    await expectRefusal(await cancel(id), 409, '{"error":"Request is not pending (status: CANCELLED)"}');
  });

  it("is nobody else's, not even an admin's", async () => {
    const { id } = await asked();
    await seedRequest("foreign", "k2", { requestedById: "asker" });
    const before = await databaseState(api.database);
    await expectRefusal(await cancel(id, "boss"), 403, '{"error":"You can only cancel your own requests"}');
    for (const unknown of ["foreign", "nobody"]) await expectRefusal(await cancel(unknown), 404, NOT_FOUND);
    expect(await databaseState(api.database)).toEqual(before);
  });
});
