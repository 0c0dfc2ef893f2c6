import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { SESSIONS } from "./identities.ts";
import { buildDemo, seedDemo } from "./seed.ts";

const NOW = new Date();
/** Twice what an idle machine needs at most: other tests run beside this one. */
const SEED_WITHIN_MS = 6_000;

const databases: TestDatabase[] = [];
let client: Client;
let counts: Record<string, number>;
let tookMs: number;

async function emptyDatabase(): Promise<string> {
  const database = await createTestDatabase("whatsapp");
  databases.push(database);
  return database.url;
}

async function connect(url: string): Promise<Client> {
  const connected = new Client({ connectionString: url });
  await connected.connect();
  return connected;
}

async function digestOf(url: string): Promise<unknown> {
  const other = await connect(url);
  const sums = Object.keys(counts).map((table) => `(select md5(string_agg(t::text, '' order by t.id)) from "${table}" t) as "${table}"`);
  const { rows } = await other.query(`select ${sums.join(", ")}`);
  await other.end();
  return rows[0];
}

beforeAll(async () => {
  const url = await emptyDatabase();
  const startedAt = performance.now();
  counts = await seedDemo({ url, now: NOW });
  tookMs = performance.now() - startedAt;
  client = await connect(url);
});

afterAll(async () => {
  await client.end();
  await Promise.all(databases.map((database) => database.drop()));
});

describe("seedDemo", () => {
  it("stores every row it built, quickly", async () => {
    for (const [table, count] of Object.entries(counts)) {
      const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from "${table}"`);
      expect([table, rows[0]?.count]).toEqual([table, count]);
    }
    expect(counts).toMatchObject({ whatsapp_messages: 20_000, whatsapp_contacts: 300, whatsapp_sessions: 6 });
    expect(tookMs).toBeLessThan(SEED_WITHIN_MS);
  });

  it("stores dates, JSON and lists as they were built", async () => {
    const built = buildDemo({ now: NOW });
    const { rows: messages } = await client.query<Record<string, unknown>>(`select m.*, m.timestamp at time zone 'UTC' as timestamp,
      m."createdAt" at time zone 'UTC' as "createdAt", m."updatedAt" at time zone 'UTC' as "updatedAt", m."deliveredAt" at time zone 'UTC'
      as "deliveredAt", m."readAt" at time zone 'UTC' as "readAt" from whatsapp_messages m order by m.timestamp, m.id collate "C" limit 500`);
    expect(messages).toEqual(built.whatsapp_messages.slice(0, 500));
    const { rows: summaries } = await client.query('select topics from crm_session_summaries order by id collate "C"');
    expect(summaries).toEqual(built.crm_session_summaries.toSorted((one, other) => (one.id < other.id ? -1 : 1)).map(({ topics }) => ({ topics })));
  });

  it("leaves absent JSON as SQL null", async () => {
    const { rows } = await client.query<{ count: number }>(
      "select count(*)::int as count from whatsapp_messages where jsonb_typeof(metadata) = 'null'",
    );
    expect(rows[0]?.count).toBe(0);
    const { rowCount } = await client.query("select 1 from whatsapp_messages where metadata is null limit 1");
    expect(rowCount).toBe(1);
  });

  it("keeps each contact's newest message, session and unread count", async () => {
    const { rows } = await client.query(`
      with newest as (
        select distinct on ("whatsappContactId") "whatsappContactId" as id, timestamp, "sessionId",
          count(*) filter (where status = 'PENDING') over (partition by "whatsappContactId") as unread
        from whatsapp_messages order by "whatsappContactId", timestamp desc, id desc)
      select contact.id from whatsapp_contacts contact left join newest using (id)
      where contact."lastMessageAt" is distinct from newest.timestamp or contact."sessionId" is distinct from newest."sessionId"
        or contact."unreadCount" <> coalesce(newest.unread, 0)`);
    expect(rows).toEqual([]);
  });

  it("shows every state a session can have", async () => {
    const { rows } = await client.query<{ sessionId: string; state: string }>(`select "sessionId", concat_ws(' ', status, "desiredState",
      case when "leaseExpiresAt" > timezone('UTC', now()) then 'live' when "leaseExpiresAt" is not null then 'dead' end,
      case when "qrCode" is not null and "qrUpdatedAt" > timezone('UTC', now()) - interval '120 s' then 'qr' end, "lastDisconnectReason") as state
      from whatsapp_sessions`);
    expect(Object.fromEntries(rows.map(({ sessionId, state }) => [sessionId, state]))).toEqual({
      [SESSIONS.sales.sessionId]: "CONNECTED RUNNING live",
      [SESSIONS.support.sessionId]: "QR_REQUIRED RUNNING qr",
      [SESSIONS.billing.sessionId]: "DISCONNECTED STOPPED stopped_by_user",
      [SESSIONS.events.sessionId]: "ERROR STOPPED replaced",
      [SESSIONS.dispatch.sessionId]: "CONNECTED RUNNING dead",
      [SESSIONS.returns.sessionId]: "CONNECTING RUNNING connection_lost",
    });
  });

  it("makes the same database twice", async () => {
    const urls = [await emptyDatabase(), await emptyDatabase()] as const;
    for (const url of urls) await seedDemo({ url, now: NOW, messages: 2_000 });
    expect(await digestOf(urls[0])).toEqual(await digestOf(urls[1]));
  });

  it("refuses to seed twice and changes nothing then", async () => {
    const url = databases[0]?.url ?? "";
    await expect(seedDemo({ url, now: NOW, messages: 10 })).rejects.toMatchObject({ code: "SEED_NOT_EMPTY" });
    const { rows } = await client.query<{ count: number }>("select count(*)::int as count from whatsapp_messages");
    expect(rows[0]?.count).toBe(20_000);
  });
});
