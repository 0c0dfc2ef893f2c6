import { beforeAll, describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../lib/paths.ts";
import { createTestDatabase } from "../database.ts";
import { startSystem } from "../systems.ts";
import { startProxy, type ProxyReport } from "../proxy.ts";
import { sumOf, type LedgerCounts } from "./coverage.ts";
import { ENDPOINT_IDS } from "./endpoint-index.ts";
import { CHATBOT, CONTACT, SESSION, TENANT, USER } from "./ids.ts";
import { createClient, type Client } from "./client.ts";
import { CLAIMS, READS, targetOf } from "./requests.ts";
import { signToken, type Claims } from "./tokens.ts";
import { SHADOW_SECRET, SYSTEMS, useWorld } from "./world.ts";

/**
 * The A/A proof: two systems that hold to one contract, on one database, and not one drift between them. Every read the suite
 * knows, by every caller, with writes through the owner in between; no rule of kind `ignore` helps.
 */

const { client, settled, world } = useWorld();

const API = "/api/whatsapp";
const sessions = [...Object.values(SESSION), TENANT.alpha, "all", "", "%20", "a%20b", "x".repeat(100)];
const contacts = [
  ...Object.values(CONTACT),
  ...Object.values(CHATBOT),
  ...Object.values(USER),
  "15550001002:7@S.whatsapp.net",
  "70000000000002@lid",
  "120363000000000004@g.us",
  "%2B15550001002",
  "12345",
  "status@broadcast",
  "nope",
  "%C3%A9",
];
const numbers = ["0", "1", "-1", "501", "1.5", "abc", "99999999999999999999"];

const TARGETS: readonly string[] = [
  ...READS.map(targetOf),
  ...sessions.flatMap((id) =>
    ["status", "analytics", "config", "contacts", "messages", "sessions/health"].map((path) => `${API}/${path}?sessionId=${id}`),
  ),
  ...["24h", "7d", "30d", "90d", "1y"].map((range) => `${API}/analytics?sessionId=${SESSION.live}&timeRange=${range}`),
  ...contacts.flatMap((id) => [`${API}/chat-messages?contactId=${id}`, `${API}/messages?jid=${id}`]),
  ...contacts
    .filter((id) => id !== "")
    .flatMap((id) => ["lock-status", "sessions", "session/summary-preview", "transfer-status"].map((path) => `${API}/contacts/${id}/${path}`)),
  ...numbers.flatMap((limit) => [`${API}/contacts?limit=${limit}`, `${API}/contacts?offset=${limit}`, `${API}/messages?limit=${limit}`]),
  ...["PENDING", "READ", "all", "x"].map((status) => `${API}/messages?status=${status}`),
  ...["m04tie", "m40foreign", "nope"].map((before) => `${API}/messages?before=${before}`),
  ...["m06image", "m40foreign", "nope", "m06image?variant=thumbnail"].map((id) => `${API}/media/${id}`),
];
const CALLERS: readonly Claims[] = [CLAIMS.admin, CLAIMS.operator, CLAIMS.foreign, CLAIMS.tenantless];

/** A write through the owner, between two rounds of reads. */
const WRITES: readonly (readonly [method: "POST" | "PATCH" | "DELETE", path: string, body?: object])[] = [
  ["POST", "/connect", { sessionId: "shadowed" }],
  ["POST", "/config", { sessionId: SESSION.stopped, config: { awayMessage: "Away" } }],
  ["PATCH", "/config", { sessionId: "all", routingRule: "USER_FIRST" }],
  ["POST", `/contacts/${CONTACT.thread}/session/open`],
  ["POST", `/contacts/${CONTACT.thread}/assign`, { userId: USER.operator }],
  ["POST", "/contacts/mark-read", { contactId: CONTACT.plain }],
  ["POST", "/chat-messages", { sessionId: SESSION.live, toJid: "15550001002", content: "through the owner" }],
  ["POST", `/contacts/${CONTACT.thread}/transfer/request`],
  ["POST", `/contacts/${CONTACT.thread}/session/close`, { annotation: "Done" }],
  ["POST", "/disconnect", { sessionId: "shadowed" }],
  ["DELETE", "/sessions?sessionId=shadowed"],
];

const READ_IDS = [...READS.map(({ id }) => id), "media.get"];

function countsOf(report: ProxyReport): LedgerCounts {
  return sumOf(report.endpoints.map(({ ledger }) => ledger));
}

describe.runIf(SYSTEMS.includes("proxy"))("the suite's reads through the proxy at stage shadow", () => {
  let proxied: Client;
  let report: () => Promise<ProxyReport>;

  beforeAll(() => {
    proxied = client("proxy");
    report = world().report;
  });
  const ask = (target: string, as: Claims, method: "GET" | "HEAD" = "GET") =>
    proxied.send({ target, method, headers: { authorization: `Bearer ${signToken(as)}` } });

  it("do not drift, by any caller, with writes in between and without a rule that ignores", async () => {
    expect(readFileSync(join(PACKAGE_ROOT, "presets", "whatsapp.yaml"), "utf8")).not.toMatch(/as:\s*ignore/);
    const writes = [...WRITES];
    const statuses: number[] = [];
    let reads = countsOf(await report())["eligible"] ?? 0; // how the start found out that the proxy answers
    for (const [index, target] of [...TARGETS, ...TARGETS].entries()) {
      const as = CALLERS[(index + (index >= TARGETS.length ? 1 : 0)) % CALLERS.length] ?? CLAIMS.admin;
      await ask(target, as);
      reads += 1;
      if (index % 20 !== 19) continue;
      await settled();
      const next = writes.shift();
      if (next === undefined) continue;
      const [method, path, body] = next;
      const headers = { authorization: `Bearer ${signToken(CLAIMS.admin)}`, "content-type": "application/json" };
      statuses.push(
        (await proxied.send({ target: `${API}${path}`, method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })).status,
      );
    }
    await settled();
    const found = await report();
    const counts = countsOf(found);
    const byEndpoint = found.endpoints
      .filter(({ id }) => READ_IDS.includes(id))
      .map(
        ({ id, ledger }) =>
          `${id}: ${ledger["eligible"]} reads, ${ledger["matched"]} matched, ${ledger["equivalent"]} equivalent, ${ledger["noise"]} noise, ${ledger["raced"]} raced, ${ledger["notComparable"]} not comparable`,
      );
    process.stdout.write(`A/A, ${reads} reads and ${statuses.length} writes:\n${byEndpoint.join("\n")}\nin all ${JSON.stringify(counts)}\n`);
    expect(statuses).toEqual(WRITES.map(() => 200));
    expect(found.drifts).toEqual([]);
    expect(counts).toMatchObject({
      drift: 0,
      equivalent: 0,
      candidateError: 0,
      candidateTimeout: 0,
      primaryError: 0,
      shed: 0,
      sampledOut: 0,
      overCap: 0,
      pending: 0,
      // Of a send nest is asked what it would have done: it counts beside the reads.
      eligible: reads + WRITES.filter(([, path]) => path === "/chat-messages" || path === "/send").length,
    });
    // Not an empty proof: all but the instants of analytics and what a write overtook was equal.
    expect(counts["matched"]).toBeGreaterThan(reads * 0.9);
    for (const id of READ_IDS) expect([id, (found.endpoints.find((each) => each.id === id)?.ledger["eligible"] ?? 0) > 0]).toEqual([id, true]);
  });

  it("drift as soon as the two are on different rows", async () => {
    // What the proof above would say of a real difference: the same proxy, a candidate on an empty database.
    const [store, empty] = [await createTestDatabase("parallax"), await createTestDatabase("whatsapp")];
    const settings = world().settingsOf("nest");
    const nest = await startSystem("nest", { ...settings, databaseUrl: empty.url });
    const families = [...new Set(ENDPOINT_IDS.map((id) => id.split(".")[0] ?? ""))].filter((family) => family !== "ingest");
    const proxy = await startProxy({
      legacyUrl: world().legacyUrl,
      candidateUrl: nest.baseUrl,
      storeUrl: store.url,
      authSecret: settings.authSecret,
      shadowSecret: SHADOW_SECRET,
      families,
    });
    const other = createClient(proxy.baseUrl);
    try {
      await other.send({ target: `${API}/contacts`, headers: { authorization: `Bearer ${signToken(CLAIMS.admin)}` } });
      await proxy.settled();
      const found = await proxy.report();
      expect(countsOf(found)["drift"]).toBe(1);
      expect(found.drifts.map(({ endpoint, kind }) => [endpoint, kind])).toContainEqual(["contacts.list", "item-missing"]);
    } finally {
      await other.close();
      await proxy.stop();
      await nest.stop();
      await Promise.all([store.drop(), empty.drop()]);
    }
  });
});
