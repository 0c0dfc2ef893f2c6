import { beforeAll, describe, expect, it } from "vitest";
import type { Reply } from "./client.ts";
import { ENDPOINT_IDS } from "./endpoint-index.ts";
import { CHATBOT, CONTACT, SESSION, TENANT, USER } from "./ids.ts";
import { API, FOREIGN_JID, FOREIGN_MEDIA, FOREIGN_REQUEST, UNKNOWN } from "./attack.ts";
import { ATTACKS } from "./attacks.ts";
import { useObservation } from "./observe.ts";
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
