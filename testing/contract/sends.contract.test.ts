import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { message as messageSchema } from "../../domain/src/message.ts";
import { contactUpdated, namesOf, sessionEvent, wireDate } from "./events.ts";
import { TENANT, USER } from "./ids.ts";
import { useObservation } from "./observe.ts";
import { describeRefusals } from "./refusals.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { createScene, freshDigits, freshLid, minutesAgo, phoneJid } from "./scene.ts";
import { shapeProblems } from "./shape.ts";
import { writesOf } from "./write-endpoints.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.6: sending a text, what it stores and broadcasts, and who may. The table of keys is in its own file. */

const contract = useWorld();
const { world } = contract;
const observation = useObservation(contract);
const { observe } = observation;
const scene = createScene(contract);

const recent: unknown = expect.toBeRecent();
const CHAT = "/api/whatsapp/chat-messages";
const SECRET = Buffer.from("ab".repeat(32), "hex");

/** `3EB0` and eighteen digits derived from the key (contract 3.6). */
const whatsAppId = (userId: string, key: string, endpoint = "sends.text"): string =>
  `3EB0${createHmac("sha256", SECRET).update(`${TENANT.alpha}\n${userId}\n${endpoint}\n${key}`).digest("hex").slice(0, 18).toUpperCase()}`;
const payloadHash = (fields: Readonly<Record<string, unknown>>): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1)))))
    .digest("hex");

describe.each(SYSTEMS)("%s: POST chat-messages", (system) => {
  const send = (body: object, rest: object = {}) => observe(system, { target: CHAT, body, as: CLAIMS.operator, ...rest });

  it.each([CHAT, "/api/whatsapp/send"])("queues a text through %s: message, outbox and contact in one, events in order", async (target) => {
    const session = await scene.connected();
    const contact = await scene.contact({ name: "Known", unreadCount: 2, chatbotContactId: (await scene.chatbot()).id });
    const content = "  Hola 😀\n";
    const key = `key-${contact.id}`;
    const body = { sessionId: session.sessionId, toJid: ` ${contact.phoneNumber}`.trim(), content, senderName: " Ana ", extra: 1 };
    const { reply, changes, emissions, notified } = await observe(system, {
      target,
      body,
      as: CLAIMS.operator,
      headers: { "idempotency-key": key },
      emits: 2,
    });
    const answer = bodyOf(reply) as { success: boolean; message: { id: string; timestamp: string } };
    expect(Object.keys(answer)).toEqual(["success", "message"]);
    expect(shapeProblems(messageSchema, answer.message)).toEqual([]);
    const messageId = whatsAppId(USER.operator, key);
    const stored = {
      id: answer.message.id,
      sessionId: session.sessionId,
      messageId,
      remoteJid: contact.jid,
      whatsappContactId: contact.id,
      fromMe: true,
      content,
      messageType: "TEXT",
      status: "PENDING",
      mediaUrl: null,
      mediaMimeType: null,
      mediaSize: null,
      thumbnailUrl: null,
      quotedMessageId: null,
      timestamp: recent,
      deliveredAt: null,
      readAt: null,
      errorMessage: null,
      metadata: { senderName: "Ana" },
      createdAt: recent,
      updatedAt: recent,
      senderId: USER.operator,
    };
    const users = { id: USER.operator, name: null, email: "operator@alpha.example" };
    expect(answer).toEqual({ success: true, message: { ...stored, users } });
    expect(reply.headers["idempotent-replayed"]).toBeUndefined();
    expect(changes.whatsapp_messages).toEqual({ inserted: [stored] });
    expect(changes.whatsapp_contacts).toEqual({ updated: { [contact.id]: { lastMessageAt: recent, sessionId: session.sessionId } } });
    expect(changes.whatsapp_outbox?.inserted).toEqual([
      {
        id: expect.any(String),
        seq: expect.any(Number),
        tenantId: TENANT.alpha,
        sessionId: session.sessionId,
        messageRowId: answer.message.id,
        userId: USER.operator,
        endpoint: "sends.text",
        idempotencyKey: key,
        chatJid: contact.jid,
        kind: "text",
        payload: expect.any(Object),
        payloadHash: payloadHash({ sessionId: session.sessionId, toJid: contact.jid, content, senderName: "Ana", quotedMessageId: null }),
        state: "QUEUED",
        attempts: 0,
        availableAt: recent,
        claimedBy: null,
        claimEpoch: null,
        claimedAt: null,
        writtenAt: null,
        settledAt: null,
        errorCode: null,
        errorMessage: null,
        createdAt: recent,
        updatedAt: recent,
      },
    ]);
    expect(Object.keys(changes).toSorted()).toEqual(["whatsapp_contacts", "whatsapp_messages", "whatsapp_outbox"]);
    const known = { ...contact, sessionId: session.sessionId };
    expect(emissions).toEqual([
      sessionEvent("message.queued", session.sessionId, {
        id: answer.message.id,
        messageId,
        remoteJid: contact.jid,
        fromMe: true,
        content,
        contentTruncated: false,
        messageType: "TEXT",
        contactId: contact.chatbotContactId,
        whatsappContactId: contact.id,
        contactName: "Known",
        status: "PENDING",
        senderId: USER.operator,
      }),
      contactUpdated(known, { lastMessageAt: answer.message.timestamp, lastMessagePreview: " Hola 😀 " }),
    ]);
    expect(wireDate(changes.whatsapp_contacts?.updated?.[contact.id], "lastMessageAt").slice(0, 19)).toBe(answer.message.timestamp.slice(0, 19));
    expect(notified).toEqual([`whatsapp_outbox ${session.sessionId}`]);
  });

  it("mints a key when none is given: the same text twice is two messages", async () => {
    const { sessionId } = await scene.connected();
    const body = { sessionId, toJid: freshDigits(), content: "again" };
    const [one, two] = [await send(body), await send(body, { as: CLAIMS.admin })];
    expect([one.reply.status, two.reply.status]).toEqual([200, 200]);
    expect((one.reply.json as { message: { messageId: string } }).message.messageId).toMatch(/^3EB0[0-9A-F]{18}$/);
    const { rows } = await world().database.query<{ idempotencyKey: string }>(`select "idempotencyKey" from whatsapp_outbox where "sessionId" = $1`, [
      sessionId,
    ]);
    expect(new Set(rows.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
    for (const { idempotencyKey } of rows) expect(idempotencyKey).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("makes the contact of a number nobody had, and tells of it first", async () => {
    const { sessionId } = await scene.connected();
    const digits = freshDigits();
    const { reply, changes, emissions } = await send({ sessionId, toJid: `+${digits}`, content: "first" }, { emits: 3 });
    expect(reply).toBeJson();
    const [made] = changes.whatsapp_contacts?.inserted ?? [];
    const jid = phoneJid(digits);
    expect(made).toMatchObject({
      jid,
      pn: jid,
      lid: null,
      phoneNumber: digits,
      name: null,
      isGroup: false,
      sessionId,
      sessionStatus: "CLOSED",
      unreadCount: 0,
    });
    expect(namesOf(emissions)).toEqual(["contact.created", "message.queued", "contact.updated"]);
    const contactId = made?.["chatbotContactId"] ?? made?.["id"];
    expect(emissions[0]).toEqual(
      sessionEvent("contact.created", sessionId, {
        contactId,
        whatsappContactId: made?.["id"],
        jid,
        name: null,
        phoneNumber: digits,
        isGroup: false,
      }),
    );
  });

  it.each([
    ["a phone address of a device", (digits: string) => `${digits}:7@S.whatsapp.net`],
    ["@c.us", (digits: string) => `${digits}@c.us`],
    ["digits with a plus", (digits: string) => `+${digits}`],
  ])("sends to the canonical address of %s", async (_, spell) => {
    const { sessionId } = await scene.connected();
    const contact = await scene.contact();
    const { reply } = await send({ sessionId, toJid: spell(contact.phoneNumber ?? ""), content: "x" });
    expect(bodyOf(reply)).toMatchObject({ message: { remoteJid: contact.jid, whatsappContactId: contact.id } });
  });

  it("sends to the number of a paired lid, to the lid of one that is not, and to a group", async () => {
    const { sessionId } = await scene.connected();
    const [lid, alone, group] = [freshLid(), freshLid(), `12036${freshDigits()}@g.us`];
    const paired = await scene.contact({ pn: phoneJid(freshDigits()), lid });
    await scene.contact({ jid: group, isGroup: true, name: "Group" });
    const jids = [];
    for (const toJid of [lid, alone, group])
      jids.push((bodyOf((await send({ sessionId, toJid, content: "x" })).reply) as { message: { remoteJid: string } }).message.remoteJid);
    expect(jids).toEqual([paired.jid, alone, group]);
    const { rows } = await world().database.query(`select "phoneNumber", pn, "isGroup" from whatsapp_contacts where lid = $1`, [alone]);
    expect(rows).toEqual([{ phoneNumber: null, pn: null, isGroup: false }]);
  });

  it("quotes a message of that chat", async () => {
    const { sessionId } = await scene.connected();
    const contact = await scene.contact();
    const quoted = await scene.message({ sessionId, remoteJid: contact.jid, whatsappContactId: contact.id });
    const { reply } = await send({ sessionId, toJid: contact.jid, content: "x", quotedMessageId: quoted.messageId });
    expect(bodyOf(reply)).toMatchObject({ message: { quotedMessageId: quoted.messageId } });
    const other = await send({ sessionId, toJid: freshDigits(), content: "x", quotedMessageId: quoted.messageId });
    expect(other.reply).toFailWith(400, "quotedMessageId is invalid");
    expect(other.changes).toEqual({});
  });

  it("takes 65,536 code points", async () => {
    const { sessionId } = await scene.connected();
    const { reply, emissions } = await send({ sessionId, toJid: freshDigits(), content: "😀".repeat(65_536) }, { emits: 3 });
    expect(reply).toBeJson();
    const queued = emissions.find(({ event }) => event === "message.queued")?.data as { content: string; contentTruncated: boolean };
    expect([Array.from(queued.content).length, queued.contentTruncated]).toEqual([1_500, true]);
    for (const { data } of emissions) expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThanOrEqual(10_240);
  });

  it.each(["CONNECTING", "CONNECTED"] as const)("sends while the session is %s with credentials", async (status) => {
    const { sessionId } = await scene.connected({ status });
    expect((await send({ sessionId, toJid: freshDigits(), content: "x" })).reply).toBeJson();
  });

  it.each([
    ["DISCONNECTED", {}],
    ["QR_REQUIRED", {}],
    ["ERROR", {}],
    ["CONNECTING", { creds: {} }],
  ] as const)("answers 409 while the session is %s %j, and queues nothing", async (status, values) => {
    const { sessionId } = await scene.connected({ status, ...values });
    const { reply, changes, emissions, notified } = await send({ sessionId, toJid: freshDigits(), content: "x" });
    expect(reply).toFailWith(409, "Session is not connected");
    expect([changes, emissions, notified]).toEqual([{}, [], []]);
  });

  it("finds the account's newest connected session by the tenant's id", async () => {
    const tenantId = `account-${system}`;
    const as = { ...CLAIMS.admin, tenantId };
    await world().database.query(`insert into tenants (id, name, "updatedAt") values ($1, 'Account', now())`, [tenantId]);
    const body = { sessionId: tenantId, toJid: freshDigits(), content: "x" };
    const none = await send(body, { as });
    expect(none.reply).toFailWith(409, "No active WhatsApp session found for this account");
    expect(none.changes).toEqual({});
    await scene.connected({ tenantId, lastConnected: minutesAgo(50) });
    const newest = await scene.connected({ tenantId, lastConnected: minutesAgo(10) });
    await scene.connected({ tenantId, lastConnected: minutesAgo(1), status: "DISCONNECTED" });
    expect(bodyOf((await send(body, { as })).reply)).toMatchObject({ message: { sessionId: newest.sessionId, senderId: USER.admin, users: null } });
  });
});

describeRefusals(contract, observation, writesOf("sends"));
