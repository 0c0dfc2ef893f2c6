import { describe, expect, it } from "vitest";
import { outline, untilCalm } from "./outline.ts";
import { CHATBOT, CONTACT, SESSION, TENANT, USER } from "./ids.ts";
import { CLAIMS, READS, targetOf } from "./requests.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** The A/A check: both systems give the same status and the same JSON to the same reads, and reads change nothing. */

const { world, get } = useWorld();

const API = "/api/whatsapp";
const TABLES = [
  "tenants",
  "users",
  "chatbot_contacts",
  "whatsapp_sessions",
  "whatsapp_session_configs",
  "whatsapp_session_keys",
  "whatsapp_contacts",
  "whatsapp_messages",
  "whatsapp_media",
  "whatsapp_outbox",
  "realtime_outbox",
  "crm_session_summaries",
  "crm_activities",
  "contact_transfer_requests",
] as const;

const sessions = [...Object.values(SESSION), TENANT.alpha, "all", "", "%20", "a%20b", "%zz", "%00", "x".repeat(100)];
const contacts = [
  ...Object.values(CONTACT),
  ...Object.values(CHATBOT),
  ...Object.values(USER),
  "15550001002@s.whatsapp.net",
  "15550001002:7@S.whatsapp.net",
  "15550001002@c.us",
  "70000000000002@lid",
  "120363000000000004@g.us",
  "%2B15550001002",
  "+15550001002",
  "%20%2B15550001002%20",
  "12345",
  "status@broadcast",
  "nope",
  "%zz",
  "a%00b",
  "%C3%A9",
  "",
];
const numbers = ["0", "1", "5", "-1", "500", "501", "1.5", "abc", "%2B5", "007", "5%20", "1e2", "99999999999999999999"];

/** Also what the contract leaves open: there, too, a client must not see a difference. */
const TARGETS: readonly string[] = [
  ...READS.map(targetOf),
  ...sessions.flatMap((id) => ["status", "analytics", "config", "contacts", "messages"].map((path) => `${API}/${path}?sessionId=${id}`)),
  ...["24h", "7d", "30d", "90d", "1y", "%", "%zz", "%20", "%E2%82%AC"].map(
    (range) => `${API}/analytics?sessionId=${SESSION.live}&timeRange=${range}`,
  ),
  ...contacts.flatMap((id) => [`${API}/chat-messages?contactId=${id}`, `${API}/messages?contactId=${id}&limit=3`, `${API}/messages?jid=${id}`]),
  ...contacts.map((id) => `${API}/chat-messages?jid=${id}`),
  ...numbers.flatMap((limit) => [
    `${API}/contacts?limit=${limit}`,
    `${API}/contacts?offset=${limit}`,
    `${API}/chat-messages?contactId=${CONTACT.many}&limit=${limit}`,
  ]),
  ...["PENDING", "READ", "pending", "all", "ALL", "x", "", "%20", "%00"].map((status) => `${API}/messages?status=${status}`),
  ...["m04tie", "m40foreign", "nope", "", "%20", "%00"].map((before) => `${API}/messages?before=${before}`),
  `${API}/messages?contactId=nope&sessionId=${SESSION.absent}`,
  `${API}/messages?sessionId=${SESSION.absent}&before=nope`,
  `${API}/messages?contactId=nope&before=nope`,
  `${API}/messages?contactId=${CONTACT.plain}&jid=nope`,
  `${API}/messages?contactId=nope&jid=nope&status=x`,
  `${API}/chat-messages?status=x&jid=nope`,
  `${API}/chat-messages?contactId=nope&status=x`,
  `${API}/status?sessionId=${SESSION.live}&sessionId=${SESSION.failed}`,
  `${API}/status?sessionId[]=${SESSION.live}`,
  `${API}/status?SessionId=${SESSION.live}`,
  `${API}/status?sessionId=${SESSION.live};x=1`,
  `${API}/status?sessionId=${SESSION.live}#hash`.replace("#", "%23"),
  `${API}/status/`,
  `${API}/`,
  API,
  `${API}/nope`,
  `${API}/sta%2Ftus`,
  "/api/admin/whatsapp/",
];

const CALLERS = { admin: CLAIMS.admin, operator: CLAIMS.operator, foreign: CLAIMS.foreign, tenantless: CLAIMS.tenantless } as const;

async function digest(): Promise<unknown> {
  const sums = TABLES.map((table) => `(select md5(string_agg(t::text, '|' order by t.id)) from ${table} t) as ${table}`);
  const { rows } = await world().database.query(`select ${sums.join(", ")}`);
  return rows[0];
}

describe.runIf(SYSTEMS.includes("legacy") && SYSTEMS.includes("nest"))("legacy and nest", () => {
  it.each(Object.entries(CALLERS))("answer every read alike, to %s", async (_, as) => {
    await untilCalm();
    const differences: { target: string; legacy: string; nest: string }[] = [];
    for (const target of TARGETS) {
      const [legacy, nest] = (await Promise.all([get("legacy", target, { as }), get("nest", target, { as })])).map(outline);
      if (legacy !== nest) differences.push({ target, legacy: legacy?.slice(0, 400) ?? "", nest: nest?.slice(0, 400) ?? "" });
    }
    expect(differences).toEqual([]);
  });

  it("answer HEAD and OPTIONS alike", async () => {
    const differences: unknown[] = [];
    for (const method of ["HEAD", "OPTIONS"] as const) {
      for (const target of [...READS.map(targetOf), `${API}/nope`, `${API}/analytics`]) {
        const [legacy, nest] = await Promise.all([get("legacy", target, { method }), get("nest", target, { method })]);
        if (legacy.status !== nest.status || legacy.text !== nest.text)
          differences.push({ method, target, legacy: legacy.status, nest: nest.status });
      }
    }
    expect(differences).toEqual([]);
  });

  it("write the keys of a reply in the same order, byte for byte", async () => {
    const differences: string[] = [];
    for (const target of READS.filter(({ id }) => id !== "analytics.get").map(targetOf)) {
      const [legacy, nest] = await Promise.all([get("legacy", target), get("nest", target)]);
      if (legacy.text !== nest.text) differences.push(target);
    }
    expect(differences).toEqual([]);
  });
});

describe.each(SYSTEMS)("%s", (system) => {
  it("changes nothing by any read", async () => {
    const before = await digest();
    for (const target of TARGETS) await get(system, target);
    expect(await digest()).toEqual(before);
  });
});
