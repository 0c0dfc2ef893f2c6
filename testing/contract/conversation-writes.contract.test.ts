import { describe, expect, it } from "vitest";
import { contact as contactSchema } from "../../domain/src/contact.ts";
import { contactUpdated } from "./events.ts";
import { CONTACT, SESSION, TENANT, USER } from "./ids.ts";
import { useObservation } from "./observe.ts";
import { describeRefusals } from "./refusals.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { createScene, freshDigits, freshId, freshLid, minutesAgo, phoneJid } from "./scene.ts";
import { shapeProblems } from "./shape.ts";
import { writesOf } from "./write-endpoints.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.5: mark-read, opening and closing a conversation, delegate. */

const contract = useWorld();
const { world } = contract;
const observation = useObservation(contract);
const { observe, write } = observation;
const scene = createScene(contract);

const recent: unknown = expect.toBeRecent();
const ROW_KEYS = `id sessionId jid lid pn name phoneNumber isGroup isBusiness avatarUrl lastMessageAt unreadCount metadata createdAt updatedAt
  chatbotContactId userId tenantId sessionStatus sessionStartedAt lastSessionClosedAt routingOverride`.split(/\s+/);

const noteOf = (contactId: string, values: object): object => ({
  id: expect.any(String),
  tenantId: TENANT.alpha,
  contactId,
  type: "note",
  detail: null,
  metadata: null,
  createdAt: recent,
  ...values,
});

/** As PostgreSQL writes a column: no zone, no trailing zeros. */
const columnDate = (date: Date | null): string | null => date?.toISOString().replace(/\.?0*Z$/, "") ?? null;

/** A contact that talks in a live session. */
async function talking(values: Parameters<typeof scene.contact>[0] = {}) {
  return scene.contact({ sessionId: SESSION.live, lastMessageAt: minutesAgo(2), name: "Talking", ...values });
}

describe.each(SYSTEMS)("%s: POST contacts/mark-read", (system) => {
  const markRead = (contactId: string, emits = 0) =>
    observe(system, { target: "/api/whatsapp/contacts/mark-read", body: { contactId }, as: CLAIMS.operator, emits });

  it("reads what came in, of every session, and nothing else", async () => {
    const contact = await talking({ unreadCount: 3, chatbotContactId: (await scene.chatbot()).id });
    const other = await talking();
    const base = { remoteJid: contact.jid, whatsappContactId: contact.id, sessionId: SESSION.live };
    const pending = await scene.message({ ...base, status: "PENDING" });
    const delivered = await scene.message({ ...base, status: "DELIVERED", deliveredAt: minutesAgo(9), sessionId: SESSION.stopped });
    const newest = await scene.message({ ...base, status: "READ", timestamp: minutesAgo(1), content: "  the \n newest  text " });
    for (const status of ["SENT", "FAILED"] as const) await scene.message({ ...base, status });
    for (const status of ["PENDING", "DELIVERED"] as const) await scene.message({ ...base, status, fromMe: true });
    await scene.message({ ...base, remoteJid: other.jid, whatsappContactId: other.id, status: "PENDING" });

    const { reply, changes, emissions, notified } = await markRead(contact.id, 1);
    expect(bodyOf(reply)).toEqual({ success: true });
    expect(changes).toEqual({
      whatsapp_contacts: { updated: { [contact.id]: { unreadCount: 0 } } },
      whatsapp_messages: { updated: { [pending.id]: { status: "READ", readAt: recent }, [delivered.id]: { status: "READ", readAt: recent } } },
    });
    expect(newest.status).toBe("READ");
    expect(emissions).toEqual([contactUpdated(contact, { unreadCount: 0, lastMessagePreview: " the newest text " })]);
    expect(notified).toEqual([]);
  });

  it("emits nothing when the count was zero, and changes nothing the second time", async () => {
    const contact = await talking();
    const message = await scene.message({ sessionId: SESSION.live, remoteJid: contact.jid, whatsappContactId: contact.id, status: "PENDING" });
    const first = await markRead(contact.id);
    expect(first.changes).toEqual({ whatsapp_messages: { updated: { [message.id]: { status: "READ", readAt: recent } } } });
    const second = await markRead(contact.id);
    expect([second.reply.status, first.emissions, second.changes, second.emissions]).toEqual([200, [], {}, []]);
  });

  it("finds the contact by each of its references", async () => {
    const chatbot = await scene.chatbot();
    const [digits, lid] = [freshDigits(), freshLid()];
    const user = await scene.user({ normalizedPhone: digits });
    const contact = await talking({ pn: phoneJid(digits), lid, chatbotContactId: chatbot.id });
    for (const reference of [contact.id, chatbot.id, user.id, phoneJid(digits), lid, digits, `+${digits}`]) {
      await world().database.query(`update whatsapp_contacts set "unreadCount" = 5 where id = $1`, [contact.id]);
      const { changes } = await markRead(reference);
      expect([reference, changes]).toEqual([reference, { whatsapp_contacts: { updated: { [contact.id]: { unreadCount: 0 } } } }]);
    }
  });
});

describe.each(SYSTEMS)("%s: POST session/open", (system) => {
  const open = (contactId: string, rest: object = {}) => observe(system, { target: `/api/whatsapp/contacts/${contactId}/session/open`, ...rest });

  it("opens a conversation, notes it and answers the bare row", async () => {
    const contact = await talking({ lastSessionClosedAt: minutesAgo(600), metadata: { participants: [] }, routingOverride: "FLOWBOT" });
    const { reply, changes, emissions, notified } = await open(contact.id, { as: CLAIMS.operator, body: { userId: USER.operator }, emits: 1 });
    const body = bodyOf(reply) as Record<string, unknown>;
    expect(Object.keys(body)).toEqual(ROW_KEYS);
    const asRow = JSON.parse(JSON.stringify({ ...contact, sessionStatus: "OPEN", sessionStartedAt: new Date() })) as object;
    expect(body).toEqual({ ...asRow, sessionStartedAt: recent, updatedAt: recent });
    expect(changes).toEqual({
      whatsapp_contacts: { updated: { [contact.id]: { sessionStatus: "OPEN", sessionStartedAt: recent } } },
      crm_activities: {
        inserted: [
          noteOf(contact.id, { text: "Session started", detail: "Session opened", metadata: { type: "session_start" }, createdById: USER.operator }),
        ],
      },
    });
    expect(emissions).toEqual([contactUpdated(contact, { sessionStatus: "OPEN" })]);
    expect(notified).toEqual([]);
  });

  it("writes nothing when it is open already", async () => {
    const contact = await talking({ sessionStatus: "OPEN", sessionStartedAt: minutesAgo(50) });
    const { reply, changes, emissions } = await open(contact.id, { body: { userId: null } });
    expect(bodyOf(reply)).toEqual(JSON.parse(JSON.stringify(contact)));
    expect([changes, emissions]).toEqual([{}, []]);
  });

  it("notes one start when many open at once", async () => {
    const contact = await talking();
    const target = `/api/whatsapp/contacts/${contact.id}/session/open`;
    const replies = await Promise.all(Array.from({ length: 6 }, () => write(system, { target })));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    const { rowCount } = await world().database.query(`select id from crm_activities where "contactId" = $1`, [contact.id]);
    expect(rowCount).toBe(1);
  });

  it.each(["session/open", "session/close"])("answers 403 to another actor than the caller: %s", async (action) => {
    const contact = await talking({ sessionStatus: action === "session/open" ? "CLOSED" : "OPEN" });
    for (const userId of [USER.owner, USER.foreign, "nobody"]) {
      const { reply, changes, emissions } = await observe(system, { target: `/api/whatsapp/contacts/${contact.id}/${action}`, body: { userId } });
      expect(reply).toFailWith(403, "Forbidden");
      expect([changes, emissions]).toEqual([{}, []]);
    }
  });
});

describe.each(SYSTEMS)("%s: POST session/close", (system) => {
  const close = (contactId: string, body?: object, rest: object = {}) =>
    observe(system, { target: `/api/whatsapp/contacts/${contactId}/session/close`, body, emits: 1, ...rest });
  const summaryOf = (contactId: string, values: object): object => ({
    id: expect.any(String),
    tenantId: TENANT.alpha,
    contactId,
    clientName: "Talking",
    date: recent,
    nextActions: [],
    needsFollowUp: false,
    followUpDate: null,
    followUpTime: null,
    followUpNote: null,
    createdById: USER.admin,
    createdAt: recent,
    updatedAt: recent,
    ...values,
  });

  it("stores a generated summary of what was said since the start", async () => {
    const contact = await talking({ sessionStatus: "OPEN", sessionStartedAt: minutesAgo(125), userId: USER.owner });
    const base = { remoteJid: contact.jid, whatsappContactId: contact.id, sessionId: SESSION.live };
    await scene.message({ ...base, content: "Hola, ¿precio del  envío?", timestamp: minutesAgo(100) });
    await scene.message({ ...base, content: "El precio: 10", fromMe: true, timestamp: minutesAgo(90) });
    await scene.message({ ...base, content: "Gracias, excelente", timestamp: minutesAgo(80) });
    const { reply, changes, emissions, notified } = await close(contact.id);
    expect(Object.keys(bodyOf(reply) as object)).toEqual(ROW_KEYS);
    expect(bodyOf(reply)).toMatchObject({
      id: contact.id,
      sessionStatus: "CLOSED",
      sessionStartedAt: null,
      lastSessionClosedAt: recent,
      userId: USER.owner,
    });
    expect(changes).toEqual({
      whatsapp_contacts: { updated: { [contact.id]: { sessionStatus: "CLOSED", sessionStartedAt: null, lastSessionClosedAt: recent } } },
      crm_session_summaries: {
        inserted: [
          summaryOf(contact.id, {
            startedAt: columnDate(contact.sessionStartedAt),
            duration: "125 min",
            summary: "Cliente: Hola, ¿precio del envío?\nAgente: El precio: 10\nCliente: Gracias, excelente",
            topics: ["precio", "envio", "excelente"],
            sentiment: "positive",
            interactionType: "Venta",
            aiInsights: "Sentiment: positive",
          }),
        ],
      },
    });
    expect(emissions).toEqual([contactUpdated(contact, { sessionStatus: "CLOSED", lastMessagePreview: "Gracias, excelente" })]);
    expect(notified).toEqual([]);
  });

  it("stores the operator's note, type and follow-up over anything generated", async () => {
    const contact = await talking({ sessionStatus: "OPEN", sessionStartedAt: null, name: null });
    const body = {
      annotation: "  Call back\nnext week  ",
      interactionType: " Visita ",
      needsFollowUp: true,
      followUpDate: "2026-12-24",
      userId: "null",
    };
    const { reply, changes } = await close(contact.id, body);
    expect(reply.status).toBe(200);
    const wanted = { summary: "Call back\nnext week", interactionType: "Visita", needsFollowUp: true, followUpDate: "2026-12-24T00:00:00" };
    expect(changes.crm_session_summaries?.inserted).toEqual([
      summaryOf(contact.id, {
        ...wanted,
        clientName: null,
        startedAt: null,
        duration: null,
        topics: [],
        sentiment: "neutral",
        aiInsights: "Sentiment: neutral",
      }),
    ]);
  });

  it.each([
    ["2026-12-24T10:30:00+02:00", "2026-12-24T08:30:00"],
    ["2026-12-24T10:30:00.250Z", "2026-12-24T10:30:00.25"],
    ["2026-12-24T10:30Z", "2026-12-24T10:30:00"],
  ])("stores the follow-up date %s in UTC", async (followUpDate, stored) => {
    const contact = await talking({ sessionStatus: "OPEN", sessionStartedAt: minutesAgo(1) });
    const { changes } = await close(contact.id, { followUpDate, annotation: "   ", interactionType: null });
    const inserted = changes.crm_session_summaries?.inserted ?? [];
    expect(inserted).toHaveLength(1);
    expect(inserted[0]).toMatchObject({ followUpDate: stored, summary: "Sin resumen generado.", interactionType: "Otro", duration: "1 min" });
  });

  it("answers 409 when it is not open, and changes nothing", async () => {
    const contact = await talking();
    const { reply, changes, emissions } = await close(contact.id, { annotation: "x" }, { emits: 0 });
    expect(reply).toFailWith(409, "Contact does not have an open session");
    expect([changes, emissions]).toEqual([{}, []]);
  });

  it("closes once when many close at once", async () => {
    const contact = await talking({ sessionStatus: "OPEN", sessionStartedAt: minutesAgo(5) });
    const target = `/api/whatsapp/contacts/${contact.id}/session/close`;
    const replies = await Promise.all(Array.from({ length: 5 }, () => write(system, { target })));
    expect(replies.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409, 409, 409, 409]);
    const { rowCount } = await world().database.query(`select id from crm_session_summaries where "contactId" = $1`, [contact.id]);
    expect(rowCount).toBe(1);
  });
});

describe.each(SYSTEMS)("%s: POST delegate", (system) => {
  const delegate = (body: object, rest: object = {}) => observe(system, { target: "/api/whatsapp/delegate", body, ...rest });
  const incoming = async (values: object = {}) => {
    const contact = await talking(values);
    const message = await scene.message({
      sessionId: SESSION.live,
      remoteJid: contact.jid,
      whatsappContactId: contact.id,
      status: "PENDING",
      content: "help",
    });
    return { contact, message };
  };

  it("hands a message to the flowbot", async () => {
    const { contact, message } = await incoming({ userId: USER.owner });
    const body = { messageId: message.id, jid: contact.jid, action: "delegate-to-flowbot" };
    const { reply, changes, emissions, notified } = await delegate(body, { as: CLAIMS.operator });
    expect(Object.keys(bodyOf(reply) as object)).toEqual(["success", "contact"]);
    const answered = (bodyOf(reply) as { contact: { id: string; userId: string } }).contact;
    expect(shapeProblems(contactSchema, answered)).toEqual([]);
    expect([answered.id, answered.userId]).toEqual([contact.id, USER.owner]);
    const metadata = { type: "delegation", action: "delegate-to-flowbot", messageId: message.id };
    expect(changes).toEqual({
      whatsapp_messages: { updated: { [message.id]: { status: "DELIVERED", deliveredAt: recent } } },
      whatsapp_contacts: { updated: { [contact.id]: { routingOverride: "FLOWBOT" } } },
      crm_activities: { inserted: [noteOf(contact.id, { text: "Delegated to FlowBot", metadata, createdById: USER.operator })] },
    });
    // routingOverride is no key of the event: nothing it shows has changed.
    expect([emissions, notified]).toEqual([[], []]);
  });

  it("takes control, by the WhatsApp id and another form of the address", async () => {
    const { contact, message } = await incoming();
    const body = { messageId: message.messageId, jid: `${contact.phoneNumber}:3@c.us`, action: "take-control" };
    const { reply, changes, emissions } = await delegate(body, { as: CLAIMS.operator, emits: 1 });
    expect(bodyOf(reply)).toMatchObject({ success: true, contact: { id: contact.id, userId: USER.operator } });
    expect(changes.whatsapp_contacts).toEqual({ updated: { [contact.id]: { routingOverride: "USER", userId: USER.operator } } });
    expect(changes.crm_activities?.inserted).toMatchObject([{ text: "Control taken", createdById: USER.operator }]);
    expect(changes.whatsapp_messages).toEqual({ updated: { [message.id]: { status: "DELIVERED", deliveredAt: recent } } });
    expect(emissions).toEqual([contactUpdated(contact, { userId: USER.operator, lastMessagePreview: "help" })]);
  });

  it("lets only an admin take control of somebody else's contact", async () => {
    const { contact, message } = await incoming({ userId: USER.owner });
    const body = { messageId: message.id, jid: contact.jid, action: "take-control" };
    const refused = await delegate(body, { as: CLAIMS.operator });
    expect(refused.reply).toFailWith(403, "Forbidden");
    expect([refused.changes, refused.emissions]).toEqual([{}, []]);
    expect((await delegate(body)).reply.status).toBe(200);
  });

  it("answers 404 to a caller who is no user of the tenant and takes control", async () => {
    const { contact, message } = await incoming();
    const body = { messageId: message.id, jid: contact.jid, action: "take-control" };
    const { reply, changes } = await delegate(body, { as: { ...CLAIMS.admin, sub: USER.absent } });
    expect(reply).toFailWith(404, "User not found");
    expect(changes).toEqual({});
  });

  it("answers 404 to an own message and to a message of another chat", async () => {
    const { contact } = await incoming();
    const other = await incoming();
    const own = await scene.message({
      sessionId: SESSION.live,
      remoteJid: contact.jid,
      whatsappContactId: contact.id,
      fromMe: true,
      status: "PENDING",
    });
    for (const messageId of [own.id, own.messageId, other.message.id, freshId("no")]) {
      const { reply, changes } = await delegate({ messageId, jid: contact.jid, action: "delegate-to-flowbot" });
      expect(reply).toFailWith(404, "Message not found");
      expect(changes).toEqual({});
    }
  });

  it("leaves the status of a message that is read", async () => {
    const { contact } = await incoming();
    const read = await scene.message({ sessionId: SESSION.live, remoteJid: contact.jid, whatsappContactId: contact.id, status: "READ" });
    const { changes } = await delegate({ messageId: read.id, jid: contact.jid, action: "delegate-to-flowbot" });
    expect(changes.whatsapp_messages).toBeUndefined();
    expect(changes.whatsapp_contacts?.updated).toEqual({ [contact.id]: { routingOverride: "FLOWBOT" } });
  });
});

it("has a fixture that the refusals of close are about", () => {
  expect(world().rows.whatsapp_contacts.find(({ id }) => id === CONTACT.plain)?.sessionStatus).toBe("OPEN");
});

describeRefusals(contract, observation, writesOf("conversation"));
