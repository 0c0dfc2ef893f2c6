import { describe, expect, it } from "vitest";
import { session as sessionSchema } from "../../domain/src/session.ts";
import { SESSION, TENANT } from "./ids.ts";
import { useObservation } from "./observe.ts";
import { describeRefusals } from "./refusals.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { insertRows, sessionRow, tenantRow } from "./rows.ts";
import { CONNECTED, createScene, freshDigits, freshId, minutesAgo, phoneJid } from "./scene.ts";
import { shapeProblems } from "./shape.ts";
import { writesOf } from "./write-endpoints.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.2: connect, disconnect, create, delete, test-qr. What they answer, store, broadcast and notify, and nothing else. */

const contract = useWorld();
const { world, get } = contract;
const observation = useObservation(contract);
const { observe, write } = observation;
const scene = createScene(contract);

const recent: unknown = expect.toBeRecent();
const MAX_SESSIONS = 100;

const NEW_SESSION = {
  id: expect.any(String),
  tenantId: TENANT.alpha,
  name: null,
  phoneNumber: null,
  accountName: null,
  status: "DISCONNECTED",
  desiredState: "STOPPED",
  creds: {},
  isActive: false,
  browserActive: false,
  lastSync: recent,
  lastConnected: null,
  errorMessage: null,
  metadata: null,
  sendSecret: expect.stringMatching(/^[0-9a-f]{64}$/),
  qrCode: null,
  pairingCode: null,
  pairingPhone: null,
  qrUpdatedAt: null,
  reconnectAttempts: 0,
  lastConnectionEventAt: null,
  lastDisconnectReason: null,
  lastDisconnectCode: null,
  stateEpoch: 0,
  stateSeq: 0,
  leaseOwner: null,
  leaseEpoch: 0,
  leaseExpiresAt: null,
  createdAt: recent,
  updatedAt: recent,
};
const NEW_CONFIG = {
  id: expect.any(String),
  routingRule: "FLOWBOT_FIRST",
  autoReplyEnabled: false,
  autoReplyMessage: null,
  businessHoursEnabled: false,
  businessHoursStart: null,
  businessHoursEnd: null,
  businessHoursTimezone: null,
  awayMessage: null,
  metadata: null,
  createdAt: recent,
  updatedAt: recent,
};

const connectionUpdate = (sessionId: string, values: object): object => ({
  channels: [`private-whatsapp.${sessionId}`],
  event: "connection.update",
  data: { phoneNumber: null, accountName: null, reason: null, lastDisconnect: null, sessionId, tenantId: TENANT.alpha, timestamp: recent, ...values },
});
const connecting = (sessionId: string): object => connectionUpdate(sessionId, { status: "connecting", connection: "connecting" });
const closed = (sessionId: string, reason: string): object => connectionUpdate(sessionId, { status: "disconnected", connection: "close", reason });

const QR_LEFT = { qrCode: "2@left", pairingCode: "ABCD-1234", errorMessage: "why", reconnectAttempts: 4 } as const;
const QR_GONE = { qrCode: null, pairingCode: null, errorMessage: null } as const;

/** A tenant of its own with so many sessions. */
async function crowdedTenant(count: number): Promise<{ tenantId: string; sessionIds: string[] }> {
  const tenantId = freshId("crowded");
  const sessionIds = Array.from({ length: count }, () => freshId("crowd"));
  await insertRows(world().database, {
    tenants: [tenantRow({ id: tenantId })],
    whatsapp_sessions: sessionIds.map((sessionId) => sessionRow({ id: sessionId, sessionId, tenantId })),
  });
  return { tenantId, sessionIds };
}

describe.each(SYSTEMS)("%s: POST connect", (system) => {
  const connect = (body: object, emits = 0) => observe(system, { target: "/api/whatsapp/connect", body, emits });
  const OK = { success: true, message: "Connection initiated" };

  it("makes a new session that is connecting, with its configuration, and tells the worker", async () => {
    const sessionId = freshId("new_Session");
    const { reply, changes, emissions, notified } = await connect({ sessionId, name: "  Sales ñ  ", phoneNumber: "15550003000", extra: 1 }, 1);
    expect(bodyOf(reply)).toEqual(OK);
    const made = { sessionId, status: "CONNECTING", desiredState: "RUNNING", name: "Sales ñ", pairingPhone: "15550003000" };
    expect(changes).toEqual({
      whatsapp_sessions: { inserted: [{ ...NEW_SESSION, ...made }] },
      whatsapp_session_configs: { inserted: [{ ...NEW_CONFIG, sessionId }] },
    });
    expect(emissions).toEqual([connecting(sessionId)]);
    expect(notified).toEqual([`whatsapp_session ${sessionId}`]);
  });

  it("gives each new session a secret of its own", async () => {
    const [one, two] = [freshId("secret"), "y".repeat(58) + freshId("").slice(-6)];
    for (const sessionId of [one, two]) expect(bodyOf(await write(system, { target: "/api/whatsapp/connect", body: { sessionId } }))).toEqual(OK);
    const { rows } = await world().database.query(`select distinct "sendSecret" from whatsapp_sessions where "sessionId" = any($1)`, [[one, two]]);
    expect(rows).toHaveLength(2);
  });

  it.each(["DISCONNECTED", "ERROR"] as const)("starts a stopped session that is %s, without what was left", async (status) => {
    const { id, sessionId } = await scene.session({ status, ...QR_LEFT, lastDisconnectReason: "logged_out", pairingPhone: "15550003001" });
    const { reply, changes, emissions, notified } = await connect({ sessionId }, 1);
    expect(bodyOf(reply)).toEqual(OK);
    const after = { status: "CONNECTING", desiredState: "RUNNING", ...QR_GONE, reconnectAttempts: 0, lastSync: recent, pairingPhone: null };
    expect(changes).toEqual({ whatsapp_sessions: { updated: { [id]: after } } });
    expect(emissions).toEqual([connecting(sessionId)]);
    expect(notified).toEqual([`whatsapp_session ${sessionId}`]);
  });

  it.each(["CONNECTING", "QR_REQUIRED", "CONNECTED"] as const)("leaves a running session that is %s as it is", async (status) => {
    const { id, sessionId } = await scene.session({ status, desiredState: "RUNNING", qrCode: "2@kept", qrUpdatedAt: minutesAgo(0) });
    const { reply, changes, emissions, notified } = await connect({ sessionId });
    expect(bodyOf(reply)).toEqual(OK);
    expect(changes).toEqual({ whatsapp_sessions: { updated: { [id]: { lastSync: recent } } } });
    expect(emissions).toEqual([]);
    expect(notified).toEqual([`whatsapp_session ${sessionId}`]);
  });

  it("renames a session, and asks for a code, when it is told to", async () => {
    const { id, sessionId } = await scene.session({ status: "CONNECTING", desiredState: "RUNNING", name: "Old" });
    const { changes } = await connect({ sessionId, name: "New", phoneNumber: "15550003002" });
    expect(changes).toEqual({ whatsapp_sessions: { updated: { [id]: { lastSync: recent, name: "New", pairingPhone: "15550003002" } } } });
  });

  it("keeps lease, credentials and contacts when it starts a session again", async () => {
    const session = await scene.session({ ...CONNECTED, status: "DISCONNECTED", desiredState: "STOPPED", isActive: false });
    await scene.contact({ sessionId: session.sessionId });
    const { changes } = await connect({ sessionId: session.sessionId }, 1);
    expect(changes).toEqual({
      whatsapp_sessions: { updated: { [session.id]: { status: "CONNECTING", desiredState: "RUNNING", lastSync: recent } } },
    });
  });

  it("makes one session when two ask for the same new one at once", async () => {
    const sessionId = freshId("race");
    const replies = await Promise.all([1, 2, 3, 4].map(() => write(system, { target: "/api/whatsapp/connect", body: { sessionId } })));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { rows } = await world().database.query(`select status from whatsapp_sessions where "sessionId" = $1`, [sessionId]);
    expect(rows).toEqual([{ status: "CONNECTING" }]);
  });

  it("refuses the 101st session of a tenant, and still connects the others", async () => {
    const { tenantId, sessionIds } = await crowdedTenant(MAX_SESSIONS);
    const as = { ...CLAIMS.admin, tenantId };
    const ask = { target: "/api/whatsapp/connect", as };
    const { reply, changes, emissions } = await observe(system, { ...ask, body: { sessionId: freshId("one-more") } });
    expect(reply).toFailWith(409, "Session limit reached");
    expect([changes, emissions]).toEqual([{}, []]);
    expect(bodyOf(await write(system, { ...ask, body: { sessionId: sessionIds[0] } }))).toEqual(OK);
  });
});

describe.each(SYSTEMS)("%s: POST disconnect", (system) => {
  const disconnect = (sessionId: string, emits = 0) => observe(system, { target: "/api/whatsapp/disconnect", body: { sessionId }, emits });
  const OK = { success: true, message: "Disconnected" };

  it("stops a connected session and keeps its credentials and its lease", async () => {
    const { id, sessionId } = await scene.connected({ ...QR_LEFT });
    const { reply, changes, emissions, notified } = await disconnect(sessionId, 1);
    expect(bodyOf(reply)).toEqual(OK);
    const after = { status: "DISCONNECTED", desiredState: "STOPPED", isActive: false, ...QR_GONE, lastDisconnectReason: "stopped_by_user" };
    expect(changes).toEqual({ whatsapp_sessions: { updated: { [id]: { ...after, lastConnectionEventAt: recent, lastSync: recent } } } });
    expect(emissions).toEqual([closed(sessionId, "stopped_by_user")]);
    expect(notified).toEqual([`whatsapp_session ${sessionId}`]);
  });

  it("changes nothing of a session that is stopped and disconnected", async () => {
    const { sessionId } = await scene.session({ lastDisconnectReason: "logged_out" });
    const { reply, changes, emissions } = await disconnect(sessionId);
    expect(bodyOf(reply)).toEqual(OK);
    expect([changes, emissions]).toEqual([{}, []]);
  });

  it("emits nothing for a running session that is disconnected already", async () => {
    const { id, sessionId } = await scene.session({ desiredState: "RUNNING" });
    const { changes, emissions, notified } = await disconnect(sessionId);
    const after = { desiredState: "STOPPED", lastDisconnectReason: "stopped_by_user", lastConnectionEventAt: recent, lastSync: recent };
    expect(changes).toEqual({ whatsapp_sessions: { updated: { [id]: after } } });
    expect(emissions).toEqual([]);
    expect(notified).toEqual([`whatsapp_session ${sessionId}`]);
  });
});

describe.each(SYSTEMS)("%s: POST sessions", (system) => {
  const create = (body: object) => observe(system, { target: "/api/whatsapp/sessions", body });

  it("makes a stopped session and answers it as the list does", async () => {
    const sessionId = freshId("made");
    const { reply, changes, emissions, notified } = await create({ sessionId, name: " Made ", routingRule: "MANUAL", tenantId: TENANT.beta });
    expect(changes).toEqual({
      whatsapp_sessions: { inserted: [{ ...NEW_SESSION, sessionId, name: "Made" }] },
      whatsapp_session_configs: { inserted: [{ ...NEW_CONFIG, sessionId, routingRule: "MANUAL" }] },
    });
    expect([emissions, notified]).toEqual([[], []]);
    const body = bodyOf(reply) as { success: boolean; session: { sessionId: string } };
    expect(Object.keys(body)).toEqual(["success", "session"]);
    expect(shapeProblems(sessionSchema, body.session)).toEqual([]);
    const list = bodyOf(await get(system, "/api/whatsapp/sessions")) as { sessions: { sessionId: string }[] };
    expect(body).toEqual({ success: true, session: list.sessions.find((each) => each.sessionId === sessionId) });
  });

  it.each([{}, { sessionId: null, name: null, routingRule: null }])("mints a key for %j", async (body) => {
    const { reply, changes } = await create(body);
    const made = (bodyOf(reply) as { session: { sessionId: string; routingRule: string } }).session;
    expect(made.sessionId).toMatch(/^session-[a-z0-9]{20,40}$/);
    expect(made.routingRule).toBe("FLOWBOT_FIRST");
    expect(changes.whatsapp_sessions?.inserted).toEqual([{ ...NEW_SESSION, sessionId: made.sessionId }]);
  });

  it("refuses a key that the tenant has", async () => {
    const { reply, changes, emissions } = await create({ sessionId: SESSION.live });
    expect(reply).toFailWith(409, "Session already exists");
    expect([changes, emissions]).toEqual([{}, []]);
  });

  it("refuses the 101st session of a tenant", async () => {
    const { tenantId } = await crowdedTenant(MAX_SESSIONS);
    const { reply, changes } = await observe(system, { target: "/api/whatsapp/sessions", body: {}, as: { ...CLAIMS.admin, tenantId } });
    expect(reply).toFailWith(409, "Session limit reached");
    expect(changes).toEqual({});
  });
});

describe.each(SYSTEMS)("%s: DELETE sessions", (system) => {
  it("deletes the session and all that is its own; contacts stay", async () => {
    const { id, sessionId } = await scene.connected();
    const contact = await scene.contact({ sessionId, chatbotContactId: null });
    const remoteJid = phoneJid(freshDigits());
    const message = await scene.message({ sessionId, remoteJid, whatsappContactId: contact.id, fromMe: true, status: "PENDING" });
    const stamps = { createdAt: minutesAgo(1), updatedAt: minutesAgo(1) };
    await scene.row("whatsapp_session_configs", { id: `config-${id}`, sessionId, ...stamps });
    await scene.row("whatsapp_session_keys", { id: `key-${id}`, sessionId, type: "pre-key", keyId: "1", data: {}, ...stamps });
    await scene.row("whatsapp_media", { id: `media-${id}`, messageRowId: message.id, tenantId: TENANT.alpha, ...stamps });
    const outbox = { tenantId: TENANT.alpha, sessionId, messageRowId: message.id, userId: "u", endpoint: "sends.text", idempotencyKey: id };
    await scene.row("whatsapp_outbox", { id: `outbox-${id}`, ...outbox, payloadHash: "h", chatJid: remoteJid, kind: "text", payload: {}, ...stamps });

    const target = `/api/whatsapp/sessions?sessionId=${sessionId}`;
    const { reply, changes, emissions, notified } = await observe(system, { method: "DELETE", target, emits: 1 });
    expect(bodyOf(reply)).toEqual({ success: true, message: "Session deleted successfully" });
    expect(changes).toEqual({
      whatsapp_sessions: { deleted: [id] },
      whatsapp_session_configs: { deleted: [`config-${id}`] },
      whatsapp_session_keys: { deleted: [`key-${id}`] },
      whatsapp_contacts: { updated: { [contact.id]: { sessionId: null } } },
      whatsapp_messages: { deleted: [message.id] },
      whatsapp_media: { deleted: [`media-${id}`] },
      whatsapp_outbox: { deleted: [`outbox-${id}`] },
    });
    expect(emissions).toEqual([closed(sessionId, "deleted")]);
    expect(notified).toEqual([`whatsapp_session ${sessionId}`]);
    expect(await write(system, { method: "DELETE", target })).toFailWith(404, "Session not found or access denied");
  });
});

describe.each(SYSTEMS)("%s: POST test-qr", (system) => {
  it("broadcasts one QR and stores nothing", async () => {
    const { sessionId } = await scene.connected();
    const { reply, changes, emissions, notified } = await observe(system, { target: "/api/whatsapp/test-qr", body: { sessionId }, emits: 1 });
    expect(bodyOf(reply)).toEqual({ success: true, message: "Test QR code broadcasted" });
    expect([changes, notified]).toEqual([{}, []]);
    const data = { qr: `test-qr:${sessionId}`, sessionId, tenantId: TENANT.alpha, timestamp: recent };
    expect(emissions).toEqual([{ channels: [`private-whatsapp.${sessionId}`], event: "qr.code", data }]);
    expect(emissions.map((emission) => typeof (emission.data as { timestamp: unknown }).timestamp)).toEqual(["number"]);
  });
});

describe.each(SYSTEMS)("%s: GET sessions/health", (system) => {
  const health = async (query = "", as = {}): Promise<{ healthy: boolean; sessions: { sessionId: string }[] }> =>
    bodyOf(await get(system, `/api/whatsapp/sessions/health${query}`, { as: { ...CLAIMS.operator, ...as } })) as never;

  it("tells of one session what its row, its lease and its outbox say", async () => {
    const at = { lastConnectionEventAt: minutesAgo(7), lastDisconnectReason: "connection_lost", reconnectAttempts: 2 };
    const { sessionId } = await scene.connected(at);
    const remoteJid = phoneJid(freshDigits());
    const states = ["QUEUED", "CLAIMED", "WRITTEN", "UNKNOWN", "UNKNOWN", "FAILED", "SENT"];
    for (const [index, state] of states.entries()) await queue(sessionId, remoteJid, state, minutesAgo(index));
    await queue(sessionId, remoteJid, "FAILED", minutesAgo(25 * 60));
    const newest = await scene.message({ sessionId, remoteJid, timestamp: minutesAgo(1) });
    expect(await health(`?sessionId=${sessionId}`)).toEqual({
      success: true,
      healthy: true,
      sessions: [
        {
          sessionId,
          status: "CONNECTED",
          socketStatus: "connected",
          desiredState: "RUNNING",
          isActuallyConnected: true,
          leaseHeld: true,
          reconnectAttempts: 2,
          lastConnectionEventAt: at.lastConnectionEventAt.toISOString(),
          lastDisconnectReason: "connection_lost",
          lastMessageAt: newest.timestamp.toISOString(),
          outbox: { queued: 3, unknown: 2, failed: 1 },
        },
      ],
    });
  });

  it.each([
    ["a dead lease", { leaseExpiresAt: minutesAgo(1) }, { socketStatus: "disconnected", isActuallyConnected: false, leaseHeld: false }, false],
    ["no lease", { leaseExpiresAt: null }, { socketStatus: "disconnected", isActuallyConnected: false, leaseHeld: false }, false],
    [
      "a QR to be read",
      { status: "QR_REQUIRED", isActive: false },
      { socketStatus: "qr_required", isActuallyConnected: false, leaseHeld: true },
      false,
    ],
    ["an error", { status: "ERROR", isActive: false, desiredState: "STOPPED" }, { socketStatus: "disconnected", isActuallyConnected: false }, true],
    ["been stopped", { status: "DISCONNECTED", isActive: false, desiredState: "STOPPED" }, { socketStatus: "disconnected" }, true],
  ] as const)("tells of a session with %s", async (_, values, wanted, healthy) => {
    const { sessionId } = await scene.connected({ ...values, lastConnectionEventAt: null });
    const body = await health(`?sessionId=${sessionId}`);
    expect(body).toMatchObject({
      success: true,
      healthy,
      sessions: [{ sessionId, ...wanted, lastMessageAt: null, outbox: { queued: 0, unknown: 0, failed: 0 } }],
    });
  });

  it("lists the tenant's sessions in the order of GET sessions, and is not healthy when one is not", async () => {
    const list = bodyOf(await get(system, "/api/whatsapp/sessions")) as { sessions: { sessionId: string }[] };
    const body = await health();
    expect(body.healthy).toBe(false);
    expect(body.sessions.map(({ sessionId }) => sessionId)).toEqual(list.sessions.map(({ sessionId }) => sessionId));
    expect(await health("", { tenantId: TENANT.absent })).toEqual({ success: true, healthy: true, sessions: [] });
  });

  it.each([SESSION.absent, SESSION.foreign, TENANT.alpha, "all", "%zz"])("answers 404 for %s", async (sessionId) => {
    const reply = await get(system, `/api/whatsapp/sessions/health?sessionId=${sessionId}`);
    expect(reply).toFailWith(404, "Session not found or access denied");
  });
});

/** An outbox row of some state, with its message. */
async function queue(sessionId: string, remoteJid: string, state: string, at: Date): Promise<void> {
  const message = await scene.message({ sessionId, remoteJid, fromMe: true, status: "PENDING", timestamp: minutesAgo(30 * 60) });
  const owner = { tenantId: TENANT.alpha, sessionId, messageRowId: message.id, userId: "u", endpoint: "sends.text", idempotencyKey: message.id };
  const times = { createdAt: at, updatedAt: at, ...(state === "FAILED" || state === "SENT" ? { settledAt: at } : {}) };
  await scene.row("whatsapp_outbox", {
    id: `outbox-${message.id}`,
    ...owner,
    payloadHash: "h",
    chatJid: remoteJid,
    kind: "text",
    payload: {},
    state,
    ...times,
  });
}

describeRefusals(contract, observation, writesOf("sessions"));
