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

/** Contract 3.4: link, assign, lock-status, accounts sync. */

const contract = useWorld();
const { get } = contract;
const observation = useObservation(contract);
const { observe, write } = observation;
const scene = createScene(contract);

const recent: unknown = expect.toBeRecent();

const transferNote = (contactId: string, from: string, to: string | null, author: string): object => ({
  id: expect.any(String),
  tenantId: TENANT.alpha,
  contactId,
  type: "note",
  text: "Session transferred",
  detail: null,
  metadata: { type: "transfer", from, to },
  createdById: author,
  createdAt: recent,
});

/** The contact as the list shows it. */
async function listed(system: (typeof SYSTEMS)[number], id: string): Promise<unknown> {
  const { contacts } = bodyOf(await get(system, "/api/whatsapp/contacts")) as { contacts: { id: string }[] };
  return contacts.find((contact) => contact.id === id);
}

describe.each(SYSTEMS)("%s: POST contacts/:contactId/assign", (system) => {
  const assign = (contactId: string, userId: unknown, rest: object = {}) =>
    observe(system, { target: `/api/whatsapp/contacts/${contactId}/assign`, body: { userId }, ...rest });

  it("gives a contact without an owner to a user", async () => {
    const contact = await scene.contact({ sessionId: SESSION.live, lastMessageAt: minutesAgo(1) });
    const { reply, changes, emissions, notified } = await assign(contact.id, USER.operator, { as: CLAIMS.operator, emits: 1 });
    const body = bodyOf(reply) as { contact: { id: string } };
    expect(Object.keys(body)).toEqual(["success", "contact"]);
    expect(shapeProblems(contactSchema, body.contact)).toEqual([]);
    expect(body).toEqual({ success: true, contact: await listed(system, contact.id) });
    expect(changes).toEqual({ whatsapp_contacts: { updated: { [contact.id]: { userId: USER.operator } } } });
    expect(emissions).toEqual([contactUpdated(contact, { userId: USER.operator })]);
    expect(notified).toEqual([]);
  });

  it("notes a transfer when the owner changes, and unassigns with null", async () => {
    const contact = await scene.contact({ sessionId: SESSION.live, userId: USER.owner });
    const given = await assign(contact.id, USER.operator, { emits: 1 });
    expect(given.changes).toEqual({
      whatsapp_contacts: { updated: { [contact.id]: { userId: USER.operator } } },
      crm_activities: { inserted: [transferNote(contact.id, USER.owner, USER.operator, USER.admin)] },
    });
    const taken = await assign(contact.id, null, { emits: 1 });
    expect(bodyOf(taken.reply)).toMatchObject({ contact: { userId: null, assignee: null } });
    expect(taken.changes).toEqual({
      whatsapp_contacts: { updated: { [contact.id]: { userId: null } } },
      crm_activities: { inserted: [transferNote(contact.id, USER.operator, null, USER.admin)] },
    });
    expect(taken.emissions).toEqual([contactUpdated(contact, { userId: null })]);
  });

  it("changes nothing for the same owner", async () => {
    const contact = await scene.contact({ sessionId: SESSION.live, userId: USER.operator });
    const { reply, changes, emissions } = await assign(contact.id, USER.operator);
    expect(bodyOf(reply)).toMatchObject({ success: true, contact: { userId: USER.operator } });
    expect([changes, emissions]).toEqual([{}, []]);
  });

  it("emits nothing for a contact without a session", async () => {
    const contact = await scene.contact();
    const { changes, emissions } = await assign(contact.id, USER.quiet);
    expect(changes).toEqual({ whatsapp_contacts: { updated: { [contact.id]: { userId: USER.quiet } } } });
    expect(emissions).toEqual([]);
  });

  it.each([null, USER.operator, USER.quiet])("answers 403 to the role user for somebody else's contact, assigning %s", async (userId) => {
    const contact = await scene.contact({ sessionId: SESSION.live, userId: USER.owner });
    const { reply, changes, emissions } = await assign(contact.id, userId, { as: CLAIMS.operator });
    expect(reply).toFailWith(403, "Forbidden");
    expect([changes, emissions]).toEqual([{}, []]);
  });

  it("finds the contact by each of its references", async () => {
    const chatbot = await scene.chatbot();
    const digits = freshDigits();
    const user = await scene.user({ normalizedPhone: digits });
    const lid = freshLid();
    const contact = await scene.contact({ pn: phoneJid(digits), lid, chatbotContactId: chatbot.id, sessionId: SESSION.live });
    for (const reference of [contact.id, chatbot.id, user.id, phoneJid(digits), lid, digits, `+${digits}`, `${digits}:4@c.us`]) {
      const { reply } = await assign(reference, USER.owner);
      expect([reference, (reply.json as { contact?: { id: string } }).contact?.id]).toEqual([reference, contact.id]);
    }
  });

  it("answers 404 to an address that nobody has", async () => {
    for (const reference of [freshDigits(), phoneJid(freshDigits()), freshLid(), USER.phoneless]) {
      const { reply, changes } = await assign(reference, USER.owner);
      expect(reply).toFailWith(404, "Contact not found");
      expect(changes).toEqual({});
    }
  });
});

describe.each(SYSTEMS)("%s: POST contacts/link", (system) => {
  const link = (body: object, emits = 0) => observe(system, { target: "/api/whatsapp/contacts/link", body, emits });

  it("links a user, as assign does", async () => {
    const contact = await scene.contact({ sessionId: SESSION.live, userId: USER.owner });
    const { reply, changes, emissions } = await link({ whatsappContactId: contact.id, targetType: "user", targetId: USER.quiet }, 1);
    expect(bodyOf(reply)).toEqual({ success: true, contact: await listed(system, contact.id) });
    expect(changes).toEqual({
      whatsapp_contacts: { updated: { [contact.id]: { userId: USER.quiet } } },
      crm_activities: { inserted: [transferNote(contact.id, USER.owner, USER.quiet, USER.admin)] },
    });
    expect(emissions).toEqual([contactUpdated(contact, { userId: USER.quiet })]);
  });

  it("links and unlinks a chatbot contact, which is the id the chat list knows", async () => {
    const chatbot = await scene.chatbot({ displayName: "Bot", phone: freshDigits() });
    const contact = await scene.contact({ sessionId: SESSION.live });
    const linked = await link({ whatsappContactId: contact.id, targetType: "chatbot", targetId: chatbot.id }, 1);
    expect(bodyOf(linked.reply)).toMatchObject({
      contact: { chatbotContact: { id: chatbot.id, displayName: "Bot", phone: chatbot.phone, type: "CONTACT" } },
    });
    expect(linked.changes).toEqual({ whatsapp_contacts: { updated: { [contact.id]: { chatbotContactId: chatbot.id } } } });
    expect(linked.emissions).toEqual([contactUpdated(contact, { contactId: chatbot.id })]);
    const unlinked = await link({ whatsappContactId: contact.id, targetType: "chatbot", targetId: null }, 1);
    expect(unlinked.changes).toEqual({ whatsapp_contacts: { updated: { [contact.id]: { chatbotContactId: null } } } });
    expect(unlinked.emissions).toEqual([contactUpdated(contact)]);
  });

  it("changes and emits nothing for the same link", async () => {
    const contact = await scene.contact({ sessionId: SESSION.live, userId: USER.owner });
    const same = await link({ whatsappContactId: contact.id, targetType: "user", targetId: USER.owner });
    expect([same.reply.status, same.changes, same.emissions]).toEqual([200, {}, []]);
    const none = await link({ whatsappContactId: contact.id, targetType: "chatbot", targetId: null });
    expect([none.reply.status, none.changes, none.emissions]).toEqual([200, {}, []]);
  });
});

describe.each(SYSTEMS)("%s: GET lock-status", (system) => {
  const lock = async (contactId: string, as: object = CLAIMS.operator, query = "") =>
    get(system, `/api/whatsapp/contacts/${contactId}/lock-status${query}`, { as: as as typeof CLAIMS.operator });
  const OWNER = { id: USER.owner, name: "Owner One", email: `${USER.owner}@users.example` };

  it("is locked for everybody but the owner while the conversation is open", async () => {
    const { id } = await scene.contact({ userId: USER.owner, sessionStatus: "OPEN" });
    const locked = { isLocked: true, reason: "Contact is assigned to another user", currentOwner: OWNER };
    expect(bodyOf(await lock(id))).toEqual(locked);
    expect(bodyOf(await lock(id, CLAIMS.admin))).toEqual(locked);
    expect(Object.keys(bodyOf(await lock(id)) as object)).toEqual(["isLocked", "reason", "currentOwner"]);
    expect(bodyOf(await lock(id, CLAIMS.owner))).toEqual({ isLocked: false, reason: null, currentOwner: OWNER });
  });

  it("is not locked when closed, or without an owner", async () => {
    const closed = await scene.contact({ userId: USER.owner });
    expect(bodyOf(await lock(closed.id))).toEqual({ isLocked: false, reason: null, currentOwner: OWNER });
    const free = await scene.contact({ sessionStatus: "OPEN" });
    expect(bodyOf(await lock(free.id))).toEqual({ isLocked: false, reason: null, currentOwner: null });
  });

  it("takes the caller as the actor, and nobody else", async () => {
    for (const own of ["", "?userId=", "?userId=null", `?userId=${USER.operator}`])
      expect(await lock(CONTACT.plain, CLAIMS.operator, own)).toBeJson();
    for (const other of [USER.admin, USER.foreign, "nobody"])
      expect(await lock(CONTACT.plain, CLAIMS.operator, `?userId=${other}`)).toFailWith(403, "Forbidden");
    expect(await lock(CONTACT.foreign, CLAIMS.operator, `?userId=${USER.admin}`)).toFailWith(404, "Contact not found");
  });

  it.each([CONTACT.foreign, USER.foreign, "nope", "12345", "15557777777", USER.quiet, "status@broadcast", "a%25zz", "a%00"])(
    "answers 404 for %s",
    async (id) => {
      expect(await lock(id)).toFailWith(404, "Contact not found");
    },
  );
});

describe.each(SYSTEMS)("%s: POST accounts/sync", (system) => {
  const sync = (sessionId: string, rest: object = {}) => observe(system, { target: "/api/whatsapp/accounts/sync", body: { sessionId, ...rest } });

  it("links by exact number where there is exactly one match, and never replaces a link", async () => {
    const session = await scene.connected();
    const { sessionId } = session;
    const [one, twice, none, taken] = [freshDigits(), freshDigits(), freshDigits(), freshDigits()];
    const user = await scene.user({ normalizedPhone: one });
    const chatbot = await scene.chatbot({ phone: one });
    for (const id of [freshId("twin"), freshId("twin")]) await scene.user({ id, normalizedPhone: twice });
    await scene.user({ normalizedPhone: taken });
    await scene.user({ id: freshId("foreign"), tenantId: TENANT.beta, normalizedPhone: none });
    const matched = await scene.contact({ pn: phoneJid(one), sessionId });
    for (const digits of [twice, none]) await scene.contact({ pn: phoneJid(digits), sessionId });
    await scene.contact({ pn: phoneJid(taken), sessionId, userId: USER.owner });
    await scene.contact({ lid: freshLid(), sessionId });
    await scene.contact({ jid: `12036${freshDigits()}@g.us`, isGroup: true, sessionId });
    await scene.contact({ pn: phoneJid(freshDigits()) });

    const { reply, changes, emissions } = await observe(system, {
      target: "/api/whatsapp/accounts/sync",
      body: { sessionId, syncMode: "auto" },
      emits: 1,
    });
    expect(bodyOf(reply)).toEqual({ success: true, stats: { synced: 4, linkedToUsers: 1, linkedToChatbot: 1 } });
    expect(changes).toEqual({
      whatsapp_sessions: { updated: { [session.id]: { lastSync: recent } } },
      whatsapp_contacts: { updated: { [matched.id]: { userId: user.id, chatbotContactId: chatbot.id } } },
    });
    expect(emissions).toEqual([contactUpdated(matched, { userId: user.id, contactId: chatbot.id })]);

    const again = await sync(sessionId);
    expect(bodyOf(again.reply)).toEqual({ success: true, stats: { synced: 4, linkedToUsers: 0, linkedToChatbot: 0 } });
    expect(again.changes).toEqual({ whatsapp_sessions: { updated: { [session.id]: { lastSync: recent } } } });
    expect(again.emissions).toEqual([]);
  });

  it("has nothing to do in an empty session", async () => {
    const { sessionId } = await scene.session();
    expect(bodyOf((await sync(sessionId)).reply)).toEqual({ success: true, stats: { synced: 0, linkedToUsers: 0, linkedToChatbot: 0 } });
  });

  it("takes auto as the only mode", async () => {
    expect(await write(system, { target: "/api/whatsapp/accounts/sync", body: { sessionId: SESSION.live, syncMode: "all" } })).toFailWith(
      400,
      "syncMode is invalid",
    );
  });
});

describeRefusals(contract, observation, writesOf("contacts"));
