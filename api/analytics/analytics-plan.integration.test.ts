import { Client } from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { countStatements } from "../testing/count-statements.ts";
import { seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

const SESSIONS = 50;
const MESSAGES = 200_000;

let db: TestDatabase;
let api: TestApi;
let client: Client;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url);
  client = new Client({ connectionString: db.url });
  await client.connect();
  await seedTenants(api.database);
  for (let index = 0; index < SESSIONS; index += 1) await seedSession(api.database, { sessionId: `s${index}` });
  await client.query(`
    insert into whatsapp_messages (id, "sessionId", "messageId", "remoteJid", "fromMe", status, timestamp, "updatedAt")
    select 'm' || n, 's' || n % ${SESSIONS}, 'W' || n, '15550100001@s.whatsapp.net', n % 2 = 0, 'READ',
      (now() at time zone 'utc') - n * interval '180 days' / ${MESSAGES}, now()
    from generate_series(1, ${MESSAGES}) n`);
  await client.query("vacuum analyze whatsapp_messages");
});
afterAll(async () => {
  await client.end();
  await api.close();
  await db.drop();
});

type Plan = { readonly "Node Type": string; readonly "Relation Name"?: string; readonly "Index Name"?: string; readonly Plans?: readonly Plan[] };
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** The plan of the one statement the work sends. */
async function planOf(work: () => Promise<unknown>): Promise<Plan[]> {
  const spy = vi.spyOn(Client.prototype, "query");
  await work();
  const [statement] = spy.mock.calls.map(([config]) => config as unknown as { text: string; values: unknown[] });
  spy.mockRestore();
  const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(`explain (format json) ${statement?.text ?? ""}`, statement?.values);
  return rows.flatMap((row) => nodesOf(row["QUERY PLAN"][0].Plan));
}

it.each(["24h", "7d", "30d", "90d"])("analytics over %s are one statement that reads one session by its index", async (timeRange) => {
  const get = async () => expect((await api.get(`/api/whatsapp/analytics?sessionId=s7&timeRange=${timeRange}`)).status).toBe(200);
  const nodes = await planOf(get);
  const indexes = nodes.flatMap((node) => node["Index Name"] ?? []).filter((name) => name.startsWith("whatsapp_messages"));
  // Which of the two that begin with the session depends on how much of it the window takes.
  expect(indexes.length).toBeGreaterThan(0);
  expect(indexes.filter((name) => !/^whatsapp_messages_sessionId_(?:status_)?timestamp/.test(name))).toEqual([]);
  expect(nodes.filter((node) => node["Node Type"] === "Seq Scan" && node["Relation Name"] === "whatsapp_messages")).toEqual([]);
});

it("a thread of a session reads the newest by the index, and sorts nothing else", async () => {
  const nodes = await planOf(async () => expect((await api.get("/api/whatsapp/messages?limit=50")).status).toBe(200));
  expect(nodes.filter((node) => node["Node Type"] === "Seq Scan" && node["Relation Name"] === "whatsapp_messages")).toEqual([]);
  expect(nodes.flatMap((node) => node["Index Name"] ?? [])).toContain("whatsapp_messages_sessionId_timestamp_id_idx");
});

it("equal requests at once share one statement, others have their own", async () => {
  const get = (sessionId: string) => api.get(`/api/whatsapp/analytics?sessionId=${sessionId}&timeRange=90d`);
  const statements = await countStatements(async () => {
    const replies = await Promise.all([...Array.from({ length: 10 }, () => get("s3")), get("s4")]);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    const totals = await Promise.all(replies.map(async (reply) => ((await reply.json()) as { totalMessages: number }).totalMessages));
    expect(Math.min(...totals)).toBeGreaterThan(1_900);
  });
  expect(statements).toBeGreaterThanOrEqual(2);
  expect(statements).toBeLessThan(11);
});
