import { describe, expect, it } from "vitest";
import { contactUpdated, namesOf, type ExpectedEmission } from "./events.ts";
import { SESSION, TENANT, USER } from "./ids.ts";
import { useObservation } from "./observe.ts";
import { describeRefusals } from "./refusals.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { insertRows, tenantRow } from "./rows.ts";
import { createScene, freshId, minutesAgo } from "./scene.ts";
import { writesOf } from "./write-endpoints.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.8: the requests for a contact, their decisions, their events. */

const contract = useWorld();
const { world, get } = contract;
const observation = useObservation(contract);
const { observe, write } = observation;
const scene = createScene(contract);

const recent: unknown = expect.toBeRecent();
const KEYS =
  `id contactId fromUserId toUserId requestedById supervisorId status message supervisorNotes createdAt updatedAt resolvedAt contact fromUser
  toUser requestedBy`.split(/\s+/);
const OWNER = { id: USER.owner, name: "Owner One", email: `${USER.owner}@users.example` };
const OPERATOR = { id: USER.operator, name: null, email: "operator@alpha.example" };

/** A contact that a user owns, with an open conversation. */
const owned = (values: Parameters<typeof scene.contact>[0] = {}) =>
  scene.contact({ sessionId: SESSION.live, userId: USER.owner, sessionStatus: "OPEN", sessionStartedAt: minutesAgo(30), name: "Wanted", ...values });
type Contact = Awaited<ReturnType<typeof owned>>;

const requestOf = (contact: Contact, values: object = {}): object => ({
  id: expect.any(String),
  contactId: contact.id,
  fromUserId: USER.owner,
  toUserId: USER.operator,
  requestedById: USER.operator,
  supervisorId: null,
  status: "PENDING",
  message: null,
  supervisorNotes: null,
  createdAt: recent,
  updatedAt: recent,
  resolvedAt: null,
  contact: { id: contact.id, name: contact.name, phoneNumber: contact.phoneNumber, jid: contact.jid, tenantId: TENANT.alpha },
  fromUser: OWNER,
  toUser: OPERATOR,
  requestedBy: OPERATOR,
  ...values,
});

/** On a user's own channel; the envelope names the contact's session. */
const userEvent = (userId: string, event: string, contact: Contact, data: object): ExpectedEmission => ({
  channels: [`private-user.${userId}`],
  event: `transfer-request:${event}`,
  data: {
    contactId: contact.id,
    contactName: contact.name,
    sessionId: contact.sessionId,
    tenantId: TENANT.alpha,
    timestamp: recent,
    ...data,
  },
});

const byChannel = <Item extends { readonly channels: readonly string[] }>(list: readonly Item[]): Item[] =>
  list
    .flatMap((item) => item.channels.map((channel) => ({ ...item, channels: [channel] })))
    .toSorted((one, other) => (one.channels.join() < other.channels.join() ? -1 : 1));

describe.each(SYSTEMS)("%s: transfers", (system) => {
  const request = (contactId: string, body: object = {}, rest: object = {}) =>
    observe(system, { target: `/api/whatsapp/contacts/${contactId}/transfer/request`, body, as: CLAIMS.operator, ...rest });
  const decide = (id: string, action: "approve" | "deny", body: object = {}, rest: object = {}) =>
    observe(system, { target: `/api/whatsapp/transfer-requests/${id}/${action}`, body, ...rest });
  const cancel = (id: string, rest: object = {}) =>
    observe(system, { method: "DELETE", target: `/api/whatsapp/transfer-requests/${id}`, as: CLAIMS.operator, ...rest });
  /** A pending request of the operator's. */
  const pending = async (contact: Contact): Promise<string> => ((await request(contact.id)).reply.json as { id: string }).id;

  it("requests a contact: one row, one event to each admin and super_admin", async () => {
    const contact = await owned();
    const { reply, changes, emissions, notified } = await request(contact.id, { message: "  please \n", userId: USER.operator }, { emits: 2 });
    const body = bodyOf(reply) as { id: string; createdAt: string };
    expect(Object.keys(body)).toEqual(KEYS);
    expect(body).toEqual(requestOf(contact, { message: "please" }));
    const {
      contact: _contact,
      fromUser: _from,
      toUser: _to,
      requestedBy: _by,
      ...row
    } = requestOf(contact, { message: "please" }) as Record<string, unknown>;
    expect(changes).toEqual({ contact_transfer_requests: { inserted: [row] } });
    const data = { requestId: body.id, fromUser: OWNER, toUser: OPERATOR, message: "please", createdAt: body.createdAt };
    expect(byChannel(emissions)).toEqual(byChannel([userEvent(USER.admin, "new", contact, data), userEvent(USER.owner, "new", contact, data)]));
    expect(notified).toEqual([]);
  });

  it("has a null session in the event of a contact without one", async () => {
    const contact = await owned({ sessionId: null, name: null });
    const { emissions } = await request(contact.id, {}, { emits: 2 });
    expect(byChannel(emissions).map(({ data }) => data)).toMatchObject([{ sessionId: null, contactName: null, message: null }, { sessionId: null }]);
  });

  it("refuses in order: not open, nobody's, own, pending already", async () => {
    const asked: readonly (readonly [string, Contact])[] = [
      ["Contact does not have an open session", await owned({ sessionStatus: "CLOSED", userId: null })],
      ["Contact is not assigned to anyone", await owned({ userId: null })],
      ["You already own this contact", await owned({ userId: USER.operator })],
    ];
    for (const [error, contact] of asked) {
      const { reply, changes, emissions } = await request(contact.id);
      expect(reply).toFailWith(409, error);
      expect([changes, emissions]).toEqual([{}, []]);
    }
    const wanted = await owned();
    await pending(wanted);
    for (const as of [CLAIMS.operator, CLAIMS.admin]) {
      const { reply, changes, emissions } = await request(wanted.id, {}, { as });
      expect(reply).toFailWith(409, "A transfer request is already pending for this contact");
      expect([changes, emissions]).toEqual([{}, []]);
    }
  });

  it("lets one of many requests at once win", async () => {
    const contact = await owned();
    const target = `/api/whatsapp/contacts/${contact.id}/transfer/request`;
    const replies = await Promise.all(Array.from({ length: 5 }, () => write(system, { target, as: CLAIMS.operator })));
    expect(replies.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409, 409, 409, 409]);
  });

  it("answers 404 to a caller without a row in the tenant, 403 to another actor", async () => {
    const contact = await owned();
    const absent = await request(contact.id, {}, { as: { ...CLAIMS.operator, sub: USER.absent } });
    expect(absent.reply).toFailWith(404, "User not found");
    const other = await request(contact.id, { userId: USER.quiet });
    expect(other.reply).toFailWith(403, "Forbidden");
    expect([absent.changes, other.changes]).toEqual([{}, {}]);
  });

  it("shows the pending request, whoever made it", async () => {
    const contact = await owned();
    const target = `/api/whatsapp/contacts/${contact.id}/transfer-status`;
    expect(bodyOf(await get(system, target, { as: CLAIMS.operator }))).toEqual({ hasPendingRequest: false, request: null });
    const id = await pending(contact);
    for (const as of [CLAIMS.operator, CLAIMS.owner, CLAIMS.admin]) {
      const body = bodyOf(await get(system, target, { as }));
      expect(body).toEqual({ hasPendingRequest: true, request: requestOf(contact, { id }) });
    }
    expect(await get(system, `${target}?userId=${USER.quiet}`)).toFailWith(403, "Forbidden");
    await decide(id, "deny");
    expect(bodyOf(await get(system, target))).toEqual({ hasPendingRequest: false, request: null });
    for (const unknown of ["nope", "12345", "15557777777", USER.foreign, "a%00"])
      expect(await get(system, `/api/whatsapp/contacts/${unknown}/transfer-status`)).toFailWith(404, "Contact not found");
  });

  it("lists the tenant's pending requests to admins, newest first", async () => {
    const tenantId = freshId("tenant");
    await insertRows(world().database, { tenants: [tenantRow({ id: tenantId })] });
    const [asker, owner] = [await scene.user({ tenantId }), await scene.user({ tenantId, name: "Owner" })];
    const ids = [];
    for (const [minutes, status] of [
      [9, "PENDING"],
      [3, "PENDING"],
      [5, "DENIED"],
      [3, "PENDING"],
    ] as const) {
      const contact = await scene.contact({ tenantId });
      const id = freshId("request");
      const row = { id, contactId: contact.id, fromUserId: owner.id, toUserId: asker.id, requestedById: asker.id, status };
      await scene.row("contact_transfer_requests", { ...row, createdAt: minutesAgo(minutes), updatedAt: minutesAgo(minutes) });
      if (status === "PENDING") ids.push(id);
    }
    const { rows } = await world().database.query<{ id: string }>(
      `select id from contact_transfer_requests where id = any($1) order by "createdAt" desc, id`,
      [ids],
    );
    const as = { ...CLAIMS.admin, tenantId };
    const list = bodyOf(await get(system, "/api/whatsapp/transfer-requests/pending", { as })) as { id: string }[];
    expect(list.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(list.map((each) => Object.keys(each))).toEqual(list.map(() => KEYS));
    expect(bodyOf(await get(system, `/api/whatsapp/transfer-requests/pending?tenantId=${tenantId}`, { as }))).toEqual(list);
    for (const other of [TENANT.alpha, "nobody"])
      expect(await get(system, `/api/whatsapp/transfer-requests/pending?tenantId=${other}`, { as })).toFailWith(403, "Forbidden");
  });

  it("approves: the asker owns the contact; requester, former owner and the session's channel hear of it", async () => {
    const contact = await owned();
    const id = await pending(contact);
    const { reply, changes, emissions } = await decide(id, "approve", { notes: " fine ", supervisorId: "" }, { emits: 3 });
    const decided = { id, status: "APPROVED", supervisorId: USER.admin, supervisorNotes: "fine", resolvedAt: recent };
    expect(bodyOf(reply)).toEqual(requestOf(contact, decided));
    const metadata = { type: "transfer", from: USER.owner, to: USER.operator };
    expect(changes).toEqual({
      contact_transfer_requests: { updated: { [id]: { status: "APPROVED", supervisorId: USER.admin, supervisorNotes: "fine", resolvedAt: recent } } },
      whatsapp_contacts: { updated: { [contact.id]: { userId: USER.operator } } },
      crm_activities: {
        inserted: [
          {
            id: expect.any(String),
            tenantId: TENANT.alpha,
            contactId: contact.id,
            type: "note",
            text: "Session transferred",
            detail: null,
            metadata,
            createdById: USER.admin,
            createdAt: recent,
          },
        ],
      },
    });
    expect(byChannel(emissions)).toEqual(
      byChannel([
        contactUpdated(contact, { userId: USER.operator }),
        userEvent(USER.operator, "approved", contact, { requestId: id, notes: "fine" }),
        userEvent(USER.owner, "transferred", contact, { requestId: id, transferredTo: OPERATOR }),
      ]),
    );
  });

  it("denies: the owner stays, the requester hears of it", async () => {
    const contact = await owned();
    const id = await pending(contact);
    const { reply, changes, emissions } = await decide(id, "deny", {}, { emits: 1 });
    expect(bodyOf(reply)).toEqual(requestOf(contact, { id, status: "DENIED", supervisorId: USER.admin, resolvedAt: recent }));
    const updated = { status: "DENIED", supervisorId: USER.admin, resolvedAt: recent };
    expect(changes).toEqual({ contact_transfer_requests: { updated: { [id]: updated } } });
    expect(emissions).toEqual([userEvent(USER.operator, "denied", contact, { requestId: id, notes: null })]);
  });

  it("cancels an own request: every admin hears of it, and another may follow", async () => {
    const contact = await owned();
    const id = await pending(contact);
    const { reply, changes, emissions } = await cancel(id, { emits: 2 });
    expect(bodyOf(reply)).toEqual(requestOf(contact, { id, status: "CANCELLED", resolvedAt: recent }));
    expect(changes).toEqual({ contact_transfer_requests: { updated: { [id]: { status: "CANCELLED", resolvedAt: recent } } } });
    expect(byChannel(emissions)).toEqual(
      byChannel([userEvent(USER.admin, "cancelled", contact, { requestId: id }), userEvent(USER.owner, "cancelled", contact, { requestId: id })]),
    );
    expect((await request(contact.id)).reply.status).toBe(200);
  });

  it("cancels nobody else's request, an admin's neither", async () => {
    const id = await pending(await owned());
    for (const as of [CLAIMS.admin, CLAIMS.owner, { ...CLAIMS.operator, sub: USER.quiet }]) {
      const { reply, changes, emissions } = await cancel(id, { as });
      expect(reply).toFailWith(403, "You can only cancel your own requests");
      expect([changes, emissions]).toEqual([{}, []]);
    }
  });

  it.each(["approve", "deny"] as const)("answers 409 to %s when it is decided, and to a cancellation", async (action) => {
    const id = await pending(await owned());
    await decide(id, action);
    const status = action === "approve" ? "APPROVED" : "DENIED";
    for (const again of [await decide(id, "approve"), await decide(id, "deny"), await cancel(id)]) {
      expect(again.reply).toFailWith(409, `Request is not pending (status: ${status})`);
      expect([again.changes, again.emissions]).toEqual([{}, []]);
    }
  });

  it("lets one of two decisions at once win", async () => {
    const id = await pending(await owned());
    const replies = await Promise.all(
      (["approve", "deny", "approve", "deny"] as const).map((action) => write(system, { target: `/api/whatsapp/transfer-requests/${id}/${action}` })),
    );
    expect(replies.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409, 409, 409]);
  });

  it("answers 403 to another supervisor than the caller, 404 to the other tenant", async () => {
    const id = await pending(await owned());
    for (const action of ["approve", "deny"] as const) {
      expect((await decide(id, action, { supervisorId: USER.owner })).reply).toFailWith(403, "Forbidden");
      expect((await decide(id, action, {}, { as: CLAIMS.foreign })).reply).toFailWith(404, "Transfer request not found");
      const absent = await decide(id, action, {}, { as: { ...CLAIMS.admin, sub: USER.absent } });
      expect(absent.reply).toFailWith(404, "User not found");
      expect(namesOf(absent.emissions)).toEqual([]);
    }
    expect((await cancel(id, { as: { ...CLAIMS.foreign, sub: USER.operator } })).reply).toFailWith(404, "Transfer request not found");
  });
});

describeRefusals(contract, observation, writesOf("transfers"));
