import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EVENTS, type EventName } from "@ipnuo/domain/events";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { emittedBy, UNREACHABLE_BROKER, type Emitted } from "../testing/emitted.ts";
import { createIngestClient, serviceTokenFor, type IngestClient } from "../testing/ingest-client.ts";
import { seedContact, seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const PN = "15550100001@s.whatsapp.net";
const LID = "777@lid";
const GROUP = "12036300000000001@g.us";
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString();

let db: TestDatabase;
let api: TestApi;
let ingest: IngestClient;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url, {}, { realtime: UNREACHABLE_BROKER });
  ingest = await createIngestClient(api);
  await seedTenants(api.database);
});
afterAll(async () => {
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  const { database } = api;
  await database.whatsAppSession.deleteMany();
  await database.whatsAppContact.deleteMany();
  await database.chatbotContact.deleteMany();
  await database.crmActivity.deleteMany();
  for (const sessionId of ["s1", "s2"]) await seedSession(database, { sessionId, status: "CONNECTED", desiredState: "RUNNING", leaseEpoch: 3 });
  await seedSession(database, { sessionId: "theirs", tenantId: "t2" });
});

const message = (messageId: string, rest: object = {}) => ({
  messageId,
  remoteJid: PN,
  fromMe: false,
  timestamp: at(1),
  source: "live",
  messageType: "TEXT",
  content: "hello",
  ...rest,
});
const rowOf = (messageId: string, sessionId = "s1") =>
  api.database.whatsAppMessage.findUniqueOrThrow({ where: { sessionId_messageId: { sessionId, messageId } } });
const contactBy = (jid: string, tenantId = "t1") => api.database.whatsAppContact.findUniqueOrThrow({ where: { tenantId_jid: { tenantId, jid } } });
const outcomes = async (path: string, items: readonly unknown[], sessionId = "s1") =>
  (await ingest.batch(path, sessionId, items)).map(({ outcome }) => outcome);
/** What was emitted, checked against the event's own schema. */
async function eventsOf(work: () => Promise<unknown>): Promise<Emitted[]> {
  const emitted = await emittedBy(api.database, work);
  for (const { event, data } of emitted) expect(EVENTS[event as EventName].parse({ ...data, timestamp: 1 })).toEqual({ ...data, timestamp: 1 });
  return emitted;
}
const namesOf = async (work: () => Promise<unknown>) => (await eventsOf(work)).map(({ event }) => event);

describe("messages", () => {
  it("of somebody new make contact, chatbot contact and message, told in order", async () => {
    const emitted = await eventsOf(async () => {
      const [result] = await ingest.batch("messages", "s1", [
        message("A1", { remoteJidAlt: LID, pushName: "Alice", quotedMessageId: "Q", metadata: { forwarded: true, raw: 1 } }),
      ]);
      expect(result).toEqual({ key: "A1", outcome: "created", id: (await rowOf("A1")).id, error: null });
    });
    const contact = await contactBy(PN);
    expect(contact).toMatchObject({
      pn: PN,
      lid: LID,
      phoneNumber: "15550100001",
      name: "Alice",
      sessionId: "s1",
      unreadCount: 1,
      lastMessageAt: new Date(at(1)),
      isGroup: false,
    });
    expect(await api.database.chatbotContact.findMany()).toMatchObject([
      { id: contact.chatbotContactId, tenantId: "t1", type: "CONTACT", phone: "15550100001", displayName: "Alice" },
    ]);
    expect(await rowOf("A1")).toMatchObject({
      remoteJid: PN,
      whatsappContactId: contact.id,
      status: "PENDING",
      content: "hello",
      quotedMessageId: "Q",
      metadata: { forwarded: true },
      senderId: null,
    });
    expect(emitted.map(({ channel, event }) => [channel, event])).toEqual([
      ["private-whatsapp.s1", "contact.created"],
      ["private-whatsapp.s1", "message.received"],
      ["private-whatsapp.s1", "contact.updated"],
    ]);
    expect(emitted[1]?.data).toMatchObject({
      messageId: "A1",
      contactId: contact.chatbotContactId,
      whatsappContactId: contact.id,
      contactName: "Alice",
    });
    expect(emitted[2]?.data).toMatchObject({ unreadCount: 1, lastMessagePreview: "hello", name: "Alice" });
  });

  it("again change nothing and tell nothing", async () => {
    const items = [message("A1", { pushName: "Alice" }), message("A2", { timestamp: at(2) })];
    await ingest.batch("messages", "s1", items);
    const before = [await api.database.whatsAppMessage.findMany(), await api.database.whatsAppContact.findMany()];
    expect(await namesOf(async () => expect(await outcomes("messages", items)).toEqual(["unchanged", "unchanged"]))).toEqual([]);
    expect([await api.database.whatsAppMessage.findMany(), await api.database.whatsAppContact.findMany()]).toEqual(before);
  });

  it("tell each contact once per batch", async () => {
    const items = [message("A1"), message("A2", { timestamp: at(2) }), message("B1", { remoteJid: "15550100002@s.whatsapp.net" })];
    expect(await namesOf(() => ingest.batch("messages", "s1", items))).toEqual([
      "contact.created",
      "message.received",
      "message.received",
      "contact.created",
      "message.received",
      "contact.updated",
      "contact.updated",
    ]);
  });

  it.each([
    ["live", { source: "live" }, "PENDING", 1, 3],
    ["append", { source: "append" }, "PENDING", 0, 3],
    ["history", { source: "history" }, "READ", 0, 0],
    ["own live", { source: "live", fromMe: true }, "SENT", 0, 3],
    ["own history with a status", { source: "history", fromMe: true, status: "DELIVERED" }, "DELIVERED", 0, 0],
    ["incoming with a status", { source: "append", status: "READ" }, "PENDING", 0, 3],
  ])("that are %s", async (...[, rest, status, unreadCount, events]) => {
    expect(await namesOf(() => ingest.batch("messages", "s1", [message("A1", rest)]))).toHaveLength(events);
    expect((await rowOf("A1")).status).toBe(status);
    expect(await contactBy(PN)).toMatchObject({ unreadCount, lastMessageAt: new Date(at(1)) });
  });

  it("of our own and of groups name nobody; a name is only filled", async () => {
    await ingest.batch("messages", "s1", [
      message("A1", { fromMe: true, pushName: "Me" }),
      message("G1", { remoteJid: GROUP, participant: PN, pushName: "Alice" }),
    ]);
    expect([(await contactBy(PN)).name, (await contactBy(GROUP)).name]).toEqual([null, null]);
    await ingest.batch("messages", "s1", [message("A2", { pushName: "Alice" }), message("A3", { pushName: "Other" })]);
    expect((await contactBy(PN)).name).toBe("Alice");
    expect(await api.database.chatbotContact.findMany({ where: { type: "GROUP" } })).toMatchObject([
      { phone: null, id: (await contactBy(GROUP)).chatbotContactId },
    ]);
  });

  it("of a LID have no phone number and no chatbot contact, until the phone is learnt", async () => {
    await api.database.chatbotContact.create({ data: { id: "b1", tenantId: "t1", displayName: "Known", phone: "15550100001" } });
    await ingest.batch("messages", "s1", [message("A1", { remoteJid: LID })]);
    const before = await contactBy(LID);
    expect(before).toMatchObject({ pn: null, phoneNumber: null, chatbotContactId: null });
    const emitted = await eventsOf(() => ingest.batch("messages", "s1", [message("A2", { remoteJid: LID, remoteJidAlt: PN, timestamp: at(2) })]));
    expect(await contactBy(PN)).toMatchObject({ id: before.id, lid: LID, phoneNumber: "15550100001", chatbotContactId: "b1", unreadCount: 2 });
    expect((await api.database.whatsAppMessage.findMany()).map(({ remoteJid }) => remoteJid)).toEqual([PN, PN]);
    expect(emitted.map(({ event }) => event)).toEqual(["message.received", "contact.updated"]);
    expect(emitted[0]?.data).toMatchObject({ remoteJid: PN, contactId: "b1" });
  });

  it("that are newest decide the contact's session", async () => {
    await ingest.batch("messages", "s1", [message("A1", { timestamp: at(5) })]);
    await ingest.batch("messages", "s2", [message("A2", { timestamp: at(4) })]);
    expect(await contactBy(PN)).toMatchObject({ sessionId: "s1", lastMessageAt: new Date(at(5)), unreadCount: 2 });
    await ingest.batch("messages", "s2", [message("A3", { timestamp: at(6) })]);
    expect(await contactBy(PN)).toMatchObject({ sessionId: "s2" });
  });

  it("known before are refreshed, but never their status", async () => {
    await ingest.batch("messages", "s1", [message("A1", { content: null, metadata: { unsupported: "x" } })]);
    await api.database.whatsAppMessage.updateMany({ data: { status: "READ", readAt: new Date(at(9)) } });
    const item = message("A1", {
      messageType: "IMAGE",
      content: "caption",
      media: { mimeType: "image/jpeg", size: 5, remote: { directPath: "/v/x" } },
    });
    const emitted = await eventsOf(async () => expect(await outcomes("messages", [item])).toEqual(["updated"]));
    expect(await rowOf("A1")).toMatchObject({
      messageType: "IMAGE",
      content: "caption",
      status: "READ",
      readAt: new Date(at(9)),
      mediaMimeType: "image/jpeg",
      mediaUrl: null,
      metadata: {},
    });
    expect(await api.database.whatsAppMedia.findMany()).toMatchObject([
      { state: "PENDING", tenantId: "t1", size: 5, remote: { directPath: "/v/x" } },
    ]);
    expect(emitted).toMatchObject([{ event: "contact.updated", data: { lastMessagePreview: "caption", unreadCount: 1 } }]);
  });

  it("that echo our own sends only prove them", async () => {
    const contact = await seedContact(api.database, { id: "k1", jid: PN, pn: PN, sessionId: "s1", lastMessageAt: new Date(at(1)) });
    await seedMessage(api.database, {
      id: "m1",
      messageId: "OUT",
      sessionId: "s1",
      remoteJid: PN,
      whatsappContactId: contact.id,
      fromMe: true,
      status: "PENDING",
      content: "typed",
      timestamp: new Date(at(1)),
    });
    await seedOutbox("m1");
    const echo = message("OUT", { fromMe: true, source: "append", content: "other" });
    expect(await namesOf(async () => expect(await outcomes("messages", [echo])).toEqual(["updated"]))).toEqual(["message.sent"]);
    expect(await rowOf("OUT")).toMatchObject({ status: "SENT", content: "typed" });
    expect(await api.database.whatsAppOutbox.findMany()).toMatchObject([{ state: "SENT" }]);
    expect(await namesOf(async () => expect(await outcomes("messages", [echo])).toEqual(["unchanged"]))).toEqual([]);
  });

  it("are rejected or skipped one by one", async () => {
    const items = [
      message("A1", { remoteJid: "status@broadcast" }),
      message("A2", { remoteJid: "1@newsletter" }),
      message("A3", { remoteJid: "junk" }),
      message("A4", { timestamp: "yesterday" }),
      message("A5", { content: "a\0b" }),
      message("A6", { messageType: "POLL" }),
      message("A7", { fromMe: "yes" }),
      message("A8", { media: { mimeType: "image/png" } }),
      { ...message(""), messageId: undefined },
      null,
      message("A9", { content: "", pushName: "" }),
    ];
    expect((await ingest.batch("messages", "s1", items)).map(({ key, outcome, error }) => [key, outcome, error])).toEqual([
      ["A1", "skipped", null],
      ["A2", "skipped", null],
      ["A3", "rejected", "remoteJid is invalid"],
      ["A4", "rejected", "timestamp is invalid"],
      ["A5", "rejected", "content is invalid"],
      ["A6", "rejected", "messageType is invalid"],
      ["A7", "rejected", "fromMe is invalid"],
      ["A8", "rejected", "media.remote is required"],
      ["", "rejected", "messageId is required"],
      ["", "rejected", expect.stringContaining("invalid")],
      ["A9", "created", null],
    ]);
    expect(await api.database.whatsAppMessage.findMany()).toMatchObject([{ messageId: "A9", content: null }]);
    expect(await api.database.whatsAppContact.count()).toBe(1);
  });

  it("belong to the tenant of the session's row, whatever the body says", async () => {
    await ingest.post("messages", { sessionId: "theirs", tenantId: "t1", items: [message("A1")] });
    expect(await api.database.whatsAppContact.findMany()).toMatchObject([{ tenantId: "t2", jid: PN }]);
  });

  it("of two sessions at once make one contact", async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        ingest.batch("messages", index % 2 === 0 ? "s1" : "s2", [
          message(`A${index}`, { remoteJid: index % 3 === 0 ? LID : PN, remoteJidAlt: index % 3 === 0 ? PN : LID }),
        ]),
      ),
    );
    expect(await api.database.whatsAppContact.findMany()).toMatchObject([{ jid: PN, lid: LID, unreadCount: 12 }]);
    expect(await api.database.chatbotContact.count()).toBe(1);
  });
});

async function seedOutbox(messageRowId: string, state: "QUEUED" | "SENT" | "FAILED" = "QUEUED") {
  return api.database.whatsAppOutbox.create({
    data: {
      tenantId: "t1",
      sessionId: "s1",
      messageRowId,
      userId: "u1",
      endpoint: "sends.text",
      idempotencyKey: messageRowId,
      payloadHash: "x",
      chatJid: PN,
      kind: "text",
      payload: {},
      state,
    },
  });
}

describe("merges", () => {
  it("put everything of the LID's row into the phone's, once", async () => {
    const { database } = api;
    const old = new Date(at(0));
    await seedContact(database, {
      id: "p",
      jid: PN,
      pn: PN,
      phoneNumber: "15550100001",
      unreadCount: 2,
      sessionId: "s1",
      lastMessageAt: new Date(at(1)),
      createdAt: new Date(at(5)),
    });
    await seedContact(database, {
      id: "l",
      jid: LID,
      lid: LID,
      name: "Alice",
      unreadCount: 3,
      sessionId: "s2",
      lastMessageAt: new Date(at(2)),
      createdAt: old,
      userId: "u1",
      routingOverride: "USER",
      sessionStatus: "OPEN",
      sessionStartedAt: old,
    });
    await seedMessage(database, { id: "m-l", sessionId: "s2", remoteJid: LID, whatsappContactId: "l", timestamp: new Date(at(2)) });
    const transfer = { toUserId: "u1", requestedById: "u1" };
    await database.contactTransferRequest.createMany({
      data: [
        { ...transfer, id: "t-p", contactId: "p", createdAt: old },
        { ...transfer, id: "t-l", contactId: "l" },
      ],
    });
    await database.crmActivity.create({ data: { id: "a-l", tenantId: "t1", contactId: "l", type: "note", text: "n" } });
    await database.crmSessionSummary.create({ data: { id: "c-l", tenantId: "t1", contactId: "l", date: old, summary: "s", createdById: "u1" } });
    const emitted = await eventsOf(() => ingest.batch("contacts", "s1", [{ jid: LID, pn: PN }]));
    expect(emitted.map(({ event, data }) => [event, data["whatsappContactId"]])).toEqual([["contact.updated", "p"]]);
    expect(await database.whatsAppContact.findMany()).toMatchObject([
      {
        id: "p",
        jid: PN,
        pn: PN,
        lid: LID,
        name: "Alice",
        unreadCount: 5,
        sessionId: "s2",
        lastMessageAt: new Date(at(2)),
        createdAt: old,
        userId: "u1",
        routingOverride: "USER",
        sessionStatus: "OPEN",
        sessionStartedAt: old,
      },
    ]);
    expect(await database.whatsAppMessage.findMany()).toMatchObject([{ whatsappContactId: "p", remoteJid: PN }]);
    expect(await database.contactTransferRequest.findMany({ orderBy: { id: "asc" } })).toMatchObject([
      { id: "t-l", contactId: "p", status: "CANCELLED" },
      { id: "t-p", contactId: "p", status: "PENDING" },
    ]);
    expect(await database.crmActivity.findMany()).toMatchObject([{ contactId: "p" }]);
    expect(await database.crmSessionSummary.findMany()).toMatchObject([{ contactId: "p" }]);
    await database.crmSessionSummary.deleteMany();
    expect(await namesOf(async () => expect(await outcomes("contacts", [{ jid: LID, pn: PN }])).toEqual(["unchanged"]))).toEqual([]);
  });

  it("never follow from contradicting pairs: the newer one wins", async () => {
    await ingest.batch("contacts", "s1", [{ jid: PN, lid: LID }]);
    await ingest.batch("contacts", "s1", [{ jid: "15550100002@s.whatsapp.net", lid: LID }]);
    expect((await api.database.whatsAppContact.findMany({ orderBy: { jid: "asc" } })).map(({ pn, lid }) => [pn, lid])).toEqual([
      [PN, null],
      ["15550100002@s.whatsapp.net", LID],
    ]);
  });
});

describe("statuses", () => {
  beforeEach(async () => {
    await seedContact(api.database, { id: "k1", jid: PN, pn: PN, sessionId: "s1" });
    await seedMessage(api.database, {
      id: "m1",
      messageId: "OUT",
      sessionId: "s1",
      whatsappContactId: "k1",
      fromMe: true,
      timestamp: new Date(at(1)),
    });
    await seedMessage(api.database, { id: "in", messageId: "IN", sessionId: "s1", whatsappContactId: "k1", timestamp: new Date(at(1)) });
    await seedOutbox("m1");
  });
  const report = (status: string, second = 2, rest: object = {}) => ({ messageId: "OUT", status, at: at(second), ...rest });

  it("rise, with their stamps, and the outbox follows", async () => {
    const emitted = await eventsOf(async () =>
      expect(await outcomes("messages/status", [report("SENT"), report("DELIVERED", 3), report("READ", 4)])).toEqual([
        "updated",
        "updated",
        "updated",
      ]),
    );
    expect(emitted.map(({ event, data }) => [event, data["status"]])).toEqual([
      ["message.sent", "SENT"],
      ["message.status", "DELIVERED"],
      ["message.status", "READ"],
    ]);
    expect(emitted[1]?.data).toMatchObject({ deliveredAt: at(3), contactId: "k1" });
    expect(await rowOf("OUT")).toMatchObject({ status: "READ", deliveredAt: new Date(at(3)), readAt: new Date(at(4)) });
    expect(await api.database.whatsAppOutbox.findMany()).toMatchObject([{ state: "SENT", settledAt: expect.any(Date) as Date }]);
  });

  it("never fall, and tell nothing twice", async () => {
    await ingest.batch("messages/status", "s1", [report("READ", 4)]);
    const before = await rowOf("OUT");
    expect(
      await namesOf(async () =>
        expect(await outcomes("messages/status", [report("READ", 9), report("DELIVERED"), report("SENT"), report("FAILED")])).toEqual(
          Array(4).fill("unchanged"),
        ),
      ),
    ).toEqual([]);
    expect(await rowOf("OUT")).toEqual(before);
    expect(before).toMatchObject({ readAt: new Date(at(4)), deliveredAt: null });
  });

  it("that failed keep the reason, until there is proof", async () => {
    const emitted = await eventsOf(() =>
      ingest.batch("messages/status", "s1", [report("FAILED", 2, { errorCode: 463, errorMessage: "No first contact" })]),
    );
    expect(emitted).toMatchObject([{ event: "message.status", data: { status: "FAILED", errorMessage: "No first contact" } }]);
    expect(await rowOf("OUT")).toMatchObject({ status: "FAILED", errorMessage: "No first contact" });
    expect(await api.database.whatsAppOutbox.findMany()).toMatchObject([{ state: "FAILED", errorCode: 463 }]);
    expect(await namesOf(() => ingest.batch("messages/status", "s1", [report("SENT", 3)]))).toEqual(["message.sent"]);
    expect(await rowOf("OUT")).toMatchObject({ status: "SENT", errorMessage: null });
    expect(await api.database.whatsAppOutbox.findMany()).toMatchObject([{ state: "SENT", errorCode: null, errorMessage: null }]);
  });

  it("of messages that are not ours are skipped", async () => {
    expect(await outcomes("messages/status", [report("READ", 2, { messageId: "IN" }), report("READ", 2, { messageId: "unknown" })])).toEqual([
      "skipped",
      "skipped",
    ]);
    expect(await outcomes("messages/status", [report("READ")], "theirs")).toEqual(["skipped"]);
    expect(await outcomes("messages/status", [report("PENDING"), report("READ", 2, { at: 5 })])).toEqual(["rejected", "rejected"]);
  });
});

describe("changes", () => {
  beforeEach(async () => {
    await ingest.batch("messages", "s1", [message("A1")]);
  });
  const change = (kind: string, second: number, rest: object = {}) => ({ messageId: "A1", kind, actorJid: PN, at: at(second), ...rest });

  it("react, edit and delete, and say so", async () => {
    const emitted = await eventsOf(async () =>
      expect(
        await outcomes("messages/changes", [
          change("reaction", 2, { emoji: "👍" }),
          change("edit", 3, { content: "new" }),
          change("reaction", 4),
          change("delete", 5),
        ]),
      ).toEqual(Array(4).fill("updated")),
    );
    expect(emitted.map(({ event }) => event)).toEqual([
      "message.reaction",
      "message.edited",
      "message.reaction",
      "message.deleted",
      "contact.updated",
    ]);
    expect(emitted[0]?.data).toMatchObject({ from: PN, emoji: "👍" });
    expect(emitted[1]?.data).toMatchObject({ content: "new", contentTruncated: false, editedAt: at(3) });
    expect(emitted[2]?.data).toMatchObject({ emoji: null });
    expect(emitted[4]?.data).toMatchObject({ lastMessagePreview: "[TEXT]" });
    expect(await rowOf("A1")).toMatchObject({ content: null, metadata: { editedAt: at(3), deletedAt: at(5), reactions: [] } });
    const [seen] = ((await (await api.get("/api/whatsapp/messages")).json()) as { messages: { metadata: object }[] }).messages;
    expect(seen?.metadata).toEqual({ editedAt: at(3), deletedAt: at(5), reactions: [] });
  });

  it("that are older, or of nothing, change nothing", async () => {
    await ingest.batch("messages/changes", "s1", [change("reaction", 4, { emoji: "👍" }), change("delete", 5)]);
    const before = await rowOf("A1");
    expect(
      await namesOf(async () =>
        expect(
          await outcomes("messages/changes", [
            change("reaction", 3, { emoji: "❤️" }),
            change("edit", 9, { content: "x" }),
            change("delete", 5),
            change("edit", 1, { messageId: "unknown" }),
            change("edit", 1, { actorJid: "x" }),
          ]),
        ).toEqual(["unchanged", "unchanged", "unchanged", "skipped", "rejected"]),
      ),
    ).toEqual([]);
    expect(await rowOf("A1")).toEqual(before);
    expect(await outcomes("messages", [message("A1", { content: "back" })])).toEqual(["unchanged"]);
    expect((await rowOf("A1")).content).toBeNull();
  });
});

describe("contacts and groups", () => {
  it("are upserted; null and absent keep", async () => {
    const emitted = await eventsOf(async () =>
      expect(await outcomes("contacts", [{ jid: PN, name: "Alice", isBusiness: true, avatarUrl: "https://example.com/a" }])).toEqual(["created"]),
    );
    expect(emitted.map(({ event }) => event)).toEqual(["contact.created"]);
    expect(await outcomes("contacts", [{ jid: PN, name: null, avatarUrl: null }])).toEqual(["unchanged"]);
    expect(await outcomes("contacts", [{ jid: PN, name: "Alicia" }, { jid: "status@broadcast" }, { jid: "junk" }, {}])).toEqual([
      "updated",
      "skipped",
      "rejected",
      "rejected",
    ]);
    expect(await contactBy(PN)).toMatchObject({
      name: "Alicia",
      isBusiness: true,
      avatarUrl: "https://example.com/a",
      unreadCount: 0,
      lastMessageAt: null,
    });
  });

  it("of groups keep subject and participants, and tell what changed", async () => {
    const participants = [
      { jid: PN, admin: true },
      { jid: LID, admin: false },
    ];
    const created = await eventsOf(async () =>
      expect(await outcomes("groups", [{ jid: GROUP, subject: "Team", participants }])).toEqual(["created"]),
    );
    expect(created.map(({ event }) => event)).toEqual(["contact.created", "group.updated"]);
    expect(created[1]?.data).toMatchObject({ jid: GROUP, name: "Team", participantCount: 2 });
    const added = await eventsOf(async () =>
      expect(await outcomes("groups", [{ jid: GROUP, action: "add", jids: ["15550100003@s.whatsapp.net"] }])).toEqual(["updated"]),
    );
    expect(added.map(({ event, data }) => [event, data["participants"] ?? data["participantCount"]])).toEqual([
      ["group.updated", 3],
      ["group.participants", ["15550100003@s.whatsapp.net"]],
    ]);
    expect(
      await namesOf(async () =>
        expect(
          await outcomes("groups", [
            { jid: GROUP, action: "add", jids: ["15550100003@s.whatsapp.net"] },
            { jid: GROUP, subject: "Team" },
          ]),
        ).toEqual(["unchanged", "unchanged"]),
      ),
    ).toEqual([]);
    expect(await namesOf(() => ingest.batch("groups", "s1", [{ jid: GROUP, subject: "Crew" }]))).toEqual(["contact.updated", "group.updated"]);
    expect(await contactBy(GROUP)).toMatchObject({
      name: "Crew",
      isGroup: true,
      phoneNumber: null,
      metadata: { participants: [...participants, { jid: "15550100003@s.whatsapp.net", admin: false }] },
    });
    expect(await outcomes("groups", [{ jid: PN }, { jid: GROUP, action: "leave" }])).toEqual(["rejected", "rejected"]);
  });
});

describe("media", () => {
  const sha256 = "ab".repeat(32);
  const stored = {
    messageId: "A1",
    state: "STORED",
    sha256,
    mimeType: "image/jpeg",
    size: 7,
    storageKey: `t1/ab/${sha256}`,
    thumbnailKey: `t1/ab/${sha256}`,
  };
  beforeEach(async () => {
    await ingest.batch("messages", "s1", [message("A1", { messageType: "IMAGE", media: { mimeType: "image/png", remote: {} } })]);
  });

  it("that are stored stay stored, told once", async () => {
    const { id } = await rowOf("A1");
    expect(await namesOf(() => ingest.batch("media", "s1", [{ messageId: "A1", state: "FAILED", errorCode: "410" }]))).toEqual(["media.processed"]);
    const emitted = await eventsOf(async () => expect(await outcomes("media", [stored])).toEqual(["updated"]));
    expect(emitted).toMatchObject([
      { event: "media.processed", data: { id, state: "STORED", mediaUrl: `/api/whatsapp/media/${id}`, mediaMimeType: "image/jpeg", mediaSize: 7 } },
    ]);
    expect(await rowOf("A1")).toMatchObject({ mediaUrl: `/api/whatsapp/media/${id}`, thumbnailUrl: `/api/whatsapp/media/${id}?variant=thumbnail` });
    expect(
      await namesOf(async () => expect(await outcomes("media", [stored, { messageId: "A1", state: "EXPIRED" }])).toEqual(["unchanged", "unchanged"])),
    ).toEqual([]);
    expect(await api.database.whatsAppMedia.findMany()).toMatchObject([{ state: "STORED", errorCode: null, storageKey: stored.storageKey }]);
  });

  it.each([
    [{ sha256: undefined }, "sha256 is required"],
    [{ storageKey: undefined }, "storageKey is required"],
    [{ storageKey: `t2/ab/${sha256}` }, "storageKey is invalid"],
    [{ storageKey: `t1/../t1/ab/${sha256}` }, "storageKey is invalid"],
    [{ storageKey: `t1/cd/${"cd".repeat(32)}` }, "storageKey is invalid"],
    [{ thumbnailKey: "/etc/passwd" }, "thumbnailKey is invalid"],
    [{ state: "PENDING" }, "state is invalid"],
  ])("with %j are rejected", async (rest, error) => {
    expect(await ingest.batch("media", "s1", [{ ...stored, ...rest }])).toMatchObject([{ outcome: "rejected", error }]);
    expect(await rowOf("A1")).toMatchObject({ mediaUrl: null });
  });
});

describe("session states", () => {
  const sessionOf = (sessionId = "s1") => api.database.whatsAppSession.findUniqueOrThrow({ where: { sessionId } });
  const state = (seq: number, rest: object = {}) => ({ epoch: 3, seq, status: "CONNECTED", reconnectAttempts: 0, occurredAt: at(1), ...rest });
  const report = async (body: object, path = "sessions/s1/state") => {
    const reply = await ingest.post(path, body);
    return [reply.status, await reply.json()];
  };
  const UPDATED = [200, { success: true, outcome: "updated" }];
  const UNCHANGED = [200, { success: true, outcome: "unchanged" }];

  it("connect a session, with its account", async () => {
    await api.database.whatsAppSession.update({ where: { sessionId: "s1" }, data: { status: "QR_REQUIRED", qrCode: "x", errorMessage: "old" } });
    const emitted = await eventsOf(async () => expect(await report(state(1, { phoneNumber: "15550100009", accountName: "Shop" }))).toEqual(UPDATED));
    expect(await sessionOf()).toMatchObject({
      status: "CONNECTED",
      isActive: true,
      lastConnected: new Date(at(1)),
      lastConnectionEventAt: new Date(at(1)),
      qrCode: null,
      errorMessage: null,
      phoneNumber: "15550100009",
      accountName: "Shop",
      name: "Shop",
    });
    expect(emitted).toMatchObject([
      {
        channel: "private-whatsapp.s1",
        event: "connection.update",
        data: { status: "connected", connection: "open", phoneNumber: "15550100009", accountName: "Shop", reason: null, lastDisconnect: null },
      },
    ]);
    expect(await namesOf(async () => expect(await report(state(1))).toEqual(UNCHANGED))).toEqual([]);
    expect(await namesOf(async () => expect(await report(state(2))).toEqual(UPDATED))).toEqual([]);
  });

  it("lose and end it", async () => {
    const lost = await eventsOf(() => report(state(1, { status: "CONNECTING", reason: "connection_lost", reconnectAttempts: 2, code: 428 })));
    expect(lost).toMatchObject([{ data: { status: "connecting", reason: "connection_lost", lastDisconnect: null } }]);
    expect(await sessionOf()).toMatchObject({
      status: "CONNECTING",
      isActive: false,
      reconnectAttempts: 2,
      lastDisconnectReason: "connection_lost",
      desiredState: "RUNNING",
    });
    const ended = await eventsOf(() => report(state(2, { status: "DISCONNECTED", reason: "logged_out", code: 401, message: "Logged out" })));
    expect(ended).toMatchObject([
      {
        data: {
          status: "disconnected",
          connection: "close",
          reason: "logged_out",
          lastDisconnect: { error: { message: "Logged out", statusCode: 401 } },
        },
      },
    ]);
    expect(await sessionOf()).toMatchObject({ status: "DISCONNECTED", desiredState: "STOPPED", lastDisconnectCode: 401, errorMessage: "Logged out" });
    expect(await report(state(3, { status: "CONNECTING" }))).toEqual([409, { error: "Session is stopped" }]);
    expect(await report(state(3, { status: "DISCONNECTED", reason: "stopped_by_user", message: "x" }))).toEqual(UPDATED);
    expect(await sessionOf()).toMatchObject({ errorMessage: null });
  });

  it("are fenced and ordered", async () => {
    expect(await report(state(5, { epoch: 2 }))).toEqual([409, { error: "Lease epoch is stale" }]);
    expect(await report(state(5))).toEqual(UPDATED);
    expect(await report(state(4, { status: "ERROR", reason: "banned" }))).toEqual(UNCHANGED);
    expect(await report(state(1, { epoch: 4, status: "ERROR", reason: "replaced" }))).toEqual(UPDATED);
    expect(await sessionOf()).toMatchObject({ status: "ERROR", stateEpoch: 4, stateSeq: 1, desiredState: "STOPPED" });
  });

  it("show codes, each once", async () => {
    const qr = (seq: number, rest: object = { qr: "2@abc" }) => ({ epoch: 3, seq, occurredAt: at(1), ...rest });
    const shown = await eventsOf(async () => expect(await report(qr(1), "sessions/s1/qr")).toEqual(UPDATED));
    expect(shown).toMatchObject([
      { event: "connection.update", data: { status: "qr_required", connection: "connecting" } },
      { event: "qr.code", data: { qr: "2@abc" } },
    ]);
    expect(await sessionOf()).toMatchObject({ status: "QR_REQUIRED", qrCode: "2@abc", qrUpdatedAt: new Date(at(1)), isActive: false });
    expect(await namesOf(async () => expect(await report(qr(2), "sessions/s1/qr")).toEqual(UNCHANGED))).toEqual([]);
    expect(await namesOf(() => report(qr(3, { qr: "2@def" }), "sessions/s1/qr"))).toEqual(["qr.code"]);
    expect(await namesOf(() => report(qr(4, { pairingCode: "ABCD1234" }), "sessions/s1/qr"))).toEqual(["pairing.code"]);
    expect(await sessionOf()).toMatchObject({ qrCode: null, pairingCode: "ABCD1234" });
    await api.database.whatsAppSession.update({ where: { sessionId: "s1" }, data: { desiredState: "STOPPED" } });
    expect(await report(qr(5), "sessions/s1/qr")).toEqual([409, { error: "Session is stopped" }]);
  });

  it.each<[object, string, number, string]>([
    [{}, "sessions/s1/state", 400, "epoch is required"],
    [{ epoch: 3, seq: 1, status: "OPEN", reconnectAttempts: 0, occurredAt: at(1) }, "sessions/s1/state", 400, "status is invalid"],
    [{ epoch: 3, seq: 1, occurredAt: at(1) }, "sessions/s1/qr", 400, "qr is required"],
    [{ epoch: 3, seq: 1, occurredAt: at(1), qr: "x" }, "sessions/unknown/qr", 404, "Session not found or access denied"],
    [
      { epoch: 3, seq: 1, status: "CONNECTED", reconnectAttempts: 0, occurredAt: at(1) },
      "sessions/a%20b/state",
      404,
      "Session not found or access denied",
    ],
  ])("%j to %s is %i", async (body, path, status, error) => {
    expect(await report(body, path)).toEqual([status, expect.objectContaining({ error })]);
  });
});

describe("every path", () => {
  const PATHS = ["messages", "messages/status", "messages/changes", "contacts", "groups", "media"];
  it.each([...PATHS, "sessions/s1/state", "sessions/s1/qr"])("%s asks for a service token of its scope", async (path) => {
    const body = { sessionId: "s1", items: [message("A1")] };
    expect((await ingest.post(path, body, await tokenFor({}))).status).toBe(401);
    expect((await ingest.post(path, body, await serviceTokenFor({ exp: 1 }))).status).toBe(401);
    expect((await ingest.post(path, body, await serviceTokenFor({ aud: "other" }))).status).toBe(401);
    expect((await ingest.post(path, body, await serviceTokenFor({ scope: "ingest:other" }))).status).toBe(403);
    expect((await api.get(`/api/v1/internal/whatsapp/${path}`, { method: "POST" })).status).toBe(404);
    expect(await api.database.whatsAppMessage.count()).toBe(0);
  });

  it.each(PATHS)("%s refuses a bad envelope", async (path) => {
    const cases: [unknown, number, string][] = [
      ["{", 400, "Invalid JSON body"],
      [{ items: [{}] }, 400, "sessionId is required"],
      [{ sessionId: "s1" }, 400, "items is required"],
      [{ sessionId: "s1", items: {} }, 400, "items is invalid"],
      [{ sessionId: "s1", items: [] }, 400, "items is invalid"],
      [{ sessionId: "s1", items: Array.from({ length: 101 }, () => ({})) }, 400, "items is invalid"],
      [{ sessionId: "unknown", items: [{}] }, 404, "Session not found or access denied"],
    ];
    for (const [body, status, error] of cases) {
      const reply = await ingest.post(path, body);
      expect([reply.status, await reply.json()]).toEqual([status, expect.objectContaining({ error })]);
    }
  });
});
