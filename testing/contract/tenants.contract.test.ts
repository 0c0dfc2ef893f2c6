import { beforeAll, describe, expect, it } from "vitest";
import type { Reply } from "./client.ts";
import { ENDPOINT_IDS } from "./endpoint-index.ts";
import { CHATBOT, CONTACT, SESSION, TENANT, USER } from "./ids.ts";
import { formOf, MULTIPART } from "./multipart.ts";
import { useObservation, type WriteAsk } from "./observe.ts";
import { CLAIMS } from "./requests.ts";
import { createScene, freshDigits, minutesAgo, phoneJid } from "./scene.ts";
import { ingestWith } from "./service-calls.ts";
import type { TargetName } from "./coverage.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/**
 * Two tenants, every endpoint, every way to name what is not one's own: no answer holds anything of the other tenant, none
 * tells a foreign id from an unknown one, and no row of the other tenant changes. The caller is alpha's super_admin.
 */

const contract = useWorld();
const { world } = contract;
const observation = useObservation(contract);
const { write } = observation;
const { call } = ingestWith(observation);
const scene = createScene(contract);

const API = "/api/whatsapp";
const UNKNOWN = "cnosuchthing0000000000000";
const FOREIGN_REQUEST = "cforeignrequest0000000000";
const FOREIGN_MEDIA = "cforeignmedia000000000000";
const FOREIGN_JID = "15550007070@s.whatsapp.net";
/** Texts that only the other tenant's rows hold. */
const SECRETS = [
  TENANT.beta,
  SESSION.foreign,
  CONTACT.foreign,
  CHATBOT.foreign,
  USER.foreign,
  "Foreign",
  "beta-secret",
  "m40foreign",
  FOREIGN_REQUEST,
  "15550007070",
];

/** One request that names something; asked with the foreign name and with an unknown one. */
type Attack = {
  readonly id: string;
  readonly what: string;
  readonly foreign: string;
  readonly unknown?: string;
  readonly ask: (name: string) => WriteAsk;
  /** An unknown name may act in the caller's own tenant (a new session, a new contact): then only beta's rows are looked at. */
  readonly mayAct?: true;
};

const get =
  (target: (name: string) => string) =>
  (name: string): WriteAsk => ({ method: "GET", target: `${API}${target(name)}` });
const post =
  (target: string, body: (name: string) => object) =>
  (name: string): WriteAsk => ({ target: `${API}${target}`, body: body(name) });
const to =
  (target: (name: string) => string, body: object = {}, method: "POST" | "DELETE" = "POST") =>
  (name: string): WriteAsk => ({ method, target: `${API}${target(name)}`, ...(method === "POST" ? { body } : {}) });
const attack = (id: string, what: string, foreign: string, ask: Attack["ask"]): Attack => ({ id, what, foreign, ask });

const contactAttacks = (id: string, ask: Attack["ask"]): Attack[] => [
  attack(id, "a foreign contact's id", CONTACT.foreign, ask),
  attack(id, "a foreign chatbot contact's id", CHATBOT.foreign, ask),
  attack(id, "a foreign user's id", USER.foreign, ask),
  { ...attack(id, "a number that only the other tenant has", FOREIGN_JID, ask), unknown: "15550007071@s.whatsapp.net" },
];
const sessionAttacks = (id: string, ask: Attack["ask"], rest: Partial<Attack> = {}): Attack[] => [
  { ...attack(id, "a foreign session's key", SESSION.foreign, ask), ...rest },
  { ...attack(id, "the other tenant's id as a key", TENANT.beta, ask), ...rest },
];
const CONFIG = { awayMessage: "taken over" };
const TEXT = { toJid: "15550001001", content: "into another tenant" };

const ATTACKS: readonly Attack[] = [
  ...sessionAttacks(
    "sessions.connect",
    post("/connect", (sessionId) => ({ sessionId })),
    { mayAct: true },
  ),
  ...sessionAttacks(
    "sessions.disconnect",
    post("/disconnect", (sessionId) => ({ sessionId })),
  ),
  ...sessionAttacks(
    "sessions.status",
    get((name) => `/status?sessionId=${name}`),
  ),
  attack(
    "sessions.list",
    "the other tenant's id",
    TENANT.beta,
    get((name) => `/sessions?tenantId=${name}`),
  ),
  ...sessionAttacks(
    "sessions.create",
    post("/sessions", (sessionId) => ({ sessionId })),
    { mayAct: true },
  ),
  ...sessionAttacks(
    "sessions.delete",
    to((name) => `/sessions?sessionId=${name}`, {}, "DELETE"),
  ),
  ...sessionAttacks(
    "sessions.health",
    get((name) => `/sessions/health?sessionId=${name}`),
  ),
  ...sessionAttacks(
    "sessions.testQr",
    post("/test-qr", (sessionId) => ({ sessionId })),
  ),
  attack("sessions.admin", "the other tenant's id", TENANT.beta, (name) => ({ method: "GET", target: `/api/admin/whatsapp?tenantId=${name}` })),
  ...sessionAttacks(
    "analytics.get",
    get((name) => `/analytics?sessionId=${name}`),
  ),
  ...sessionAttacks(
    "contacts.list",
    get((name) => `/contacts?sessionId=${name}`),
  ),
  attack(
    "contacts.list",
    "the other tenant's id",
    TENANT.beta,
    get((name) => `/contacts?tenantId=${name}`),
  ),
  attack(
    "contacts.link",
    "a foreign contact",
    CONTACT.foreign,
    post("/contacts/link", (name) => ({ whatsappContactId: name, targetType: "user", targetId: USER.owner })),
  ),
  attack(
    "contacts.link",
    "a foreign user",
    USER.foreign,
    post("/contacts/link", (name) => ({ whatsappContactId: CONTACT.plain, targetType: "user", targetId: name })),
  ),
  attack(
    "contacts.link",
    "a foreign chatbot contact",
    CHATBOT.foreign,
    post("/contacts/link", (name) => ({ whatsappContactId: CONTACT.plain, targetType: "chatbot", targetId: name })),
  ),
  ...contactAttacks(
    "contacts.assign",
    to((name) => `/contacts/${name}/assign`, { userId: USER.owner }),
  ),
  attack(
    "contacts.assign",
    "a foreign user",
    USER.foreign,
    post(`/contacts/${CONTACT.plain}/assign`, (userId) => ({ userId })),
  ),
  ...contactAttacks(
    "contacts.lock",
    get((name) => `/contacts/${name}/lock-status`),
  ),
  ...sessionAttacks(
    "contacts.sync",
    post("/accounts/sync", (sessionId) => ({ sessionId })),
  ),
  ...contactAttacks(
    "conversation.messages",
    get((name) => `/messages?contactId=${name}`),
  ),
  ...sessionAttacks(
    "conversation.messages",
    get((name) => `/messages?sessionId=${name}`),
  ),
  attack(
    "conversation.messages",
    "a foreign message",
    "m40foreign",
    get((name) => `/messages?before=${name}`),
  ),
  ...contactAttacks(
    "conversation.thread",
    get((name) => `/chat-messages?contactId=${name}`),
  ),
  ...contactAttacks(
    "conversation.markRead",
    post("/contacts/mark-read", (contactId) => ({ contactId })),
  ),
  ...contactAttacks(
    "conversation.history",
    get((name) => `/contacts/${name}/sessions`),
  ),
  ...contactAttacks(
    "conversation.open",
    to((name) => `/contacts/${name}/session/open`),
  ),
  ...contactAttacks(
    "conversation.close",
    to((name) => `/contacts/${name}/session/close`, { annotation: "taken over" }),
  ),
  ...contactAttacks(
    "conversation.preview",
    get((name) => `/contacts/${name}/session/summary-preview`),
  ),
  attack(
    "conversation.delegate",
    "a foreign message",
    "m40foreign",
    post("/delegate", (messageId) => ({ messageId, jid: "15550001001", action: "take-control" })),
  ),
  ...sessionAttacks(
    "sends.text",
    post("/chat-messages", (sessionId) => ({ sessionId, ...TEXT })),
  ),
  ...sessionAttacks(
    "sends.text",
    post("/send", (sessionId) => ({ sessionId, ...TEXT })),
  ),
  attack("sends.media", "a foreign session's key", SESSION.foreign, (sessionId) => ({
    target: `${API}/send-media`,
    headers: { "content-type": MULTIPART },
    body: formOf([
      { name: "sessionId", value: sessionId },
      { name: "toJid", value: "15550001001" },
      { name: "file", file: Buffer.from("x") },
    ]),
  })),
  attack(
    "media.get",
    "a foreign message's media",
    FOREIGN_MEDIA,
    get((name) => `/media/${name}`),
  ),
  attack(
    "media.get",
    "a foreign WhatsApp id",
    `WA-${FOREIGN_MEDIA}`,
    get((name) => `/media/${name}`),
  ),
  ...sessionAttacks(
    "config.get",
    get((name) => `/config?sessionId=${name}`),
  ),
  ...sessionAttacks(
    "config.set",
    post("/config", (sessionId) => ({ sessionId, config: CONFIG })),
  ),
  ...sessionAttacks("config.patch", (sessionId) => ({ method: "PATCH", target: `${API}/config`, body: { sessionId, routingRule: "MANUAL" } })),
  attack("config.patch", "the other tenant's id", TENANT.beta, (tenantId) => ({
    method: "PATCH",
    target: `${API}/config`,
    body: { sessionId: "all", routingRule: "MANUAL", tenantId },
  })),
  ...contactAttacks(
    "transfers.request",
    to((name) => `/contacts/${name}/transfer/request`),
  ),
  ...contactAttacks(
    "transfers.status",
    get((name) => `/contacts/${name}/transfer-status`),
  ),
  attack(
    "transfers.pending",
    "the other tenant's id",
    TENANT.beta,
    get((name) => `/transfer-requests/pending?tenantId=${name}`),
  ),
  ...["approve", "deny"].map((action) =>
    attack(
      `transfers.${action}`,
      "a foreign request",
      FOREIGN_REQUEST,
      to((name) => `/transfer-requests/${name}/${action}`),
    ),
  ),
  attack(
    "transfers.cancel",
    "a foreign request",
    FOREIGN_REQUEST,
    to((name) => `/transfer-requests/${name}`, {}, "DELETE"),
  ),
  attack("realtime.config", "the other tenant's id", TENANT.beta, (name) => ({
    method: "GET",
    target: `/api/chat/realtime/config?tenantId=${name}`,
  })),
  ...[`private-whatsapp.`, "private-user.", "private-tenant."].map((prefix) =>
    attack(
      "realtime.auth",
      `a foreign ${prefix}channel`,
      prefix.startsWith("private-w") ? SESSION.foreign : prefix.startsWith("private-u") ? USER.foreign : `${TENANT.beta}.x`,
      (name) => ({
        target: "/api/chat/realtime/auth",
        body: { socket_id: "1.2", channel_name: `${prefix}${name}` },
      }),
    ),
  ),
];

const NO_SESSION = [404, JSON.stringify({ error: "Session not found or access denied" }), "application/json"];

/** Everything of the other tenant, as one text. */
async function betaRows(): Promise<string> {
  const ofBeta = [
    ...[
      "tenants",
      "users",
      "chatbot_contacts",
      "whatsapp_sessions",
      "whatsapp_contacts",
      "whatsapp_media",
      "whatsapp_outbox",
      "crm_session_summaries",
      "crm_activities",
    ].map(
      (table) =>
        `select '${table}' as kind, t.id::text, t::text as row from ${table} t where ${table === "tenants" ? "t.id" : 't."tenantId"'} = '${TENANT.beta}'`,
    ),
    ...["whatsapp_messages", "whatsapp_session_configs", "whatsapp_session_keys"].map(
      (table) =>
        `select '${table}', t.id, t::text from ${table} t join whatsapp_sessions s on s."sessionId" = t."sessionId" where s."tenantId" = '${TENANT.beta}'`,
    ),
    `select 'requests', r.id, r::text from contact_transfer_requests r join whatsapp_contacts c on c.id = r."contactId" where c."tenantId" = '${TENANT.beta}'`,
  ];
  const { rows } = await world().database.query(`${ofBeta.join(" union all ")} order by 1, 2`);
  return JSON.stringify(rows);
}

const outlineOf = ({ status, text, headers }: Reply, name: string): unknown => [
  status,
  text.replaceAll(name, "<name>").replaceAll(/"(startDate|endDate|iso|details)":"[^"]*"/g, ""),
  headers["content-type"],
];

beforeAll(async () => {
  const contact = await scene.contact({
    tenantId: TENANT.beta,
    pn: FOREIGN_JID,
    name: "beta-secret",
    sessionId: SESSION.foreign,
    sessionStatus: "OPEN",
    userId: USER.foreign,
  });
  const request = {
    id: FOREIGN_REQUEST,
    contactId: contact.id,
    fromUserId: USER.foreign,
    toUserId: USER.foreign,
    requestedById: USER.foreign,
    message: "beta-secret",
  };
  await scene.row("contact_transfer_requests", { ...request, createdAt: minutesAgo(5), updatedAt: minutesAgo(5) });
  const message = await scene.message({
    id: FOREIGN_MEDIA,
    sessionId: SESSION.foreign,
    remoteJid: FOREIGN_JID,
    whatsappContactId: contact.id,
    messageType: "IMAGE",
  });
  await scene.row("whatsapp_media", {
    id: "cforeignfile",
    messageRowId: message.id,
    tenantId: TENANT.beta,
    state: "PENDING",
    createdAt: minutesAgo(5),
    updatedAt: minutesAgo(5),
  });
});

it("attacks every endpoint of the index", () => {
  const attacked = new Set(ATTACKS.map(({ id }) => id));
  expect(ENDPOINT_IDS.filter((id) => !attacked.has(id) && !id.startsWith("ingest."))).toEqual([]);
});

describe.each(SYSTEMS)("%s: another tenant's", (system: TargetName) => {
  it.each(ATTACKS)("$id: $what", async ({ foreign, unknown = UNKNOWN, ask, mayAct }) => {
    const before = [await betaRows(), mayAct ? "" : await observation.standstill(system)];
    const reply = await write(system, { as: CLAIMS.owner, ...ask(foreign) });
    for (const secret of SECRETS.filter((text) => text !== foreign && !foreign.includes(text))) expect(reply.text).not.toContain(secret);
    const wanted = mayAct ? NO_SESSION : outlineOf(await write(system, { as: CLAIMS.owner, ...ask(unknown) }), unknown);
    expect(outlineOf(reply, foreign)).toEqual(wanted);
    expect([await betaRows(), mayAct ? "" : await observation.untouched(system)]).toEqual(before);
  });

  it.each(["messages", "messages/status", "messages/changes", "contacts", "groups", "media"])(
    "ingest of %s keeps to the session's tenant",
    async (path) => {
      const jid = phoneJid(freshDigits());
      const theirs = await scene.contact({ tenantId: TENANT.beta, pn: jid, name: "beta-secret", sessionId: SESSION.foreign });
      const { messageId } = await scene.message({ sessionId: SESSION.foreign, remoteJid: jid, whatsappContactId: theirs.id });
      const before = await betaRows();
      const at = "2026-11-02T10:00:00.000Z";
      const item = {
        messageId,
        remoteJid: jid,
        jid,
        fromMe: false,
        timestamp: at,
        at,
        source: "live",
        messageType: "TEXT",
      };
      const more = {
        content: "x",
        status: "READ",
        kind: "edit",
        actorJid: jid,
        name: "taken over",
        subject: "taken over",
        state: "FAILED",
        tenantId: TENANT.beta,
      };
      const { sessionId } = await scene.connected();
      const reply = await call(system, path, { sessionId, tenantId: TENANT.beta, items: [{ ...item, ...more }] });
      expect(reply.status).toBe(200);
      expect(reply.text).not.toContain("beta-secret");
      expect(await betaRows()).toBe(before);
    },
  );

  it("shows each tenant its own in every list", async () => {
    for (const path of ["sessions", "contacts", "messages?limit=500", "transfer-requests/pending", "sessions/health"]) {
      const reply = await write(system, { method: "GET", target: `${API}/${path}`, as: CLAIMS.owner });
      // A row of alpha names a foreign user as its sender: the id is shown as stored, the user is not.
      for (const secret of SECRETS.filter((text) => text !== USER.foreign))
        expect([path, secret, reply.text.includes(secret)]).toEqual([path, secret, false]);
      const theirs = await write(system, { method: "GET", target: `${API}/${path}`, as: CLAIMS.foreign });
      expect(theirs.status).toBe(200);
      for (const own of [TENANT.alpha, SESSION.live, CONTACT.plain, USER.operator])
        expect([path, own, theirs.text.includes(own)]).toEqual([path, own, false]);
    }
  });
});
