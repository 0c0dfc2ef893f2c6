import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { Client } from "pg";
import { Pool } from "undici";
import { createLogger } from "../lib/log.ts";
import { freePort } from "../lib/free-port.ts";
import { prepareDatabases } from "../demo/databases.ts";
import type { Child } from "../demo/child.ts";
import { NORTH, SESSIONS } from "../demo/seed/identities.ts";
import { createOperators } from "../demo/traffic/operators.ts";
import { startSystem, type System } from "./api-systems.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import { median, percentile } from "./figures.ts";
import { withWorkbench } from "./workbench.ts";

const MESSAGES = 1_000_000;
const SHORT_MESSAGES = 20_000;
const CONNECTIONS = 8;
const RATIO_GOAL = 3;
const ANALYTICS_P95_GOAL_MS = 100;
const API = "/api/whatsapp";

export const apiBench: Bench = {
  name: "api",
  about: "Nest beside the legacy app on one database with a million messages",
  run: (options) => withWorkbench((bench) => run(bench.folder, options)),
};

type Measured = { readonly perSecond: number; readonly p50Ms: number; readonly p95Ms: number; readonly failed: number };

async function run(folder: string, { isShort, rounds = isShort ? 1 : 3, seconds = isShort ? 1 : 4 }: BenchOptions): Promise<BenchResult> {
  const databases = await prepareDatabases({ dataDir: folder, isKept: false, log: createLogger({ program: "bench", level: "warn" }) });
  const children: Child[] = [];
  try {
    const messages = isShort ? SHORT_MESSAGES : MESSAGES;
    const contactIds = await addMessages(databases.whatsappUrl, messages);
    const secret = randomBytes(24).toString("hex");
    const ports = { legacy: await freePort(), nest: await freePort() };
    for (const system of ["legacy", "nest"] as const)
      children.push(await startSystem(system, { port: ports[system], databaseUrl: databases.whatsappUrl, secret, folder }));
    const [operator] = (await createOperators(secret, new Date())).filter(({ user }) => user.tenantId === NORTH.id && user.role !== "user");
    const headers = { ...operator?.headers };
    const sessionId = Object.values(SESSIONS).find(({ tenantId }) => tenantId === NORTH.id)?.sessionId ?? "";
    const threads = contactIds.map((id) => `${API}/chat-messages?contactId=${id}`);
    const targets: Readonly<Record<string, readonly string[]>> = {
      sessions: [`${API}/sessions`],
      "contacts, 50": [`${API}/contacts?limit=50`],
      "contacts, 50, each another page": threads.map((_, page) => `${API}/contacts?limit=50&offset=${page}`),
      "thread, 100": threads.slice(0, 1),
      "thread, 100, each another contact": threads,
      "analytics, 7 days": [`${API}/analytics?sessionId=${sessionId}&timeRange=7d`],
      "analytics, 90 days": [`${API}/analytics?sessionId=${sessionId}&timeRange=90d`],
    };
    const found = new Map<string, Record<System, Measured[]>>();
    for (const [name, asked] of Object.entries(targets)) {
      const results: Record<System, Measured[]> = { legacy: [], nest: [] };
      for (let round = 0; round < rounds; round += 1)
        for (const system of ["legacy", "nest"] as const)
          results[system].push(await drive({ port: ports[system], targets: asked, headers, seconds }, CONNECTIONS));
      found.set(name, results);
    }
    // One after the other, so that no two requests share a query.
    const alone = await drive({ port: ports.nest, targets: targets["analytics, 7 days"] ?? [], headers, seconds: isShort ? 1 : 5 }, 1);
    return report(
      found,
      alone,
      `${messages.toLocaleString("en-US")} messages, ${CONNECTIONS} connections, ${rounds} rounds of ${seconds} s, medians`,
    );
  } finally {
    for (const child of children.toReversed()) await child.stop();
    await databases.postgres.stop();
  }
}

function report(found: ReadonlyMap<string, Record<System, Measured[]>>, alone: Measured, parameters: string): BenchResult {
  const ofAll = (results: readonly Measured[], pick: (each: Measured) => number): number => median(results.map(pick));
  const rows = [...found].map(([name, { legacy, nest }]) => {
    const rates = [ofAll(legacy, (each) => each.perSecond), ofAll(nest, (each) => each.perSecond)] as const;
    return { name, rates, ratio: rates[1] / rates[0], p95: [ofAll(legacy, (each) => each.p95Ms), ofAll(nest, (each) => each.p95Ms)] as const };
  });
  const failed = [...found.values()].flatMap(({ legacy, nest }) => [...legacy, ...nest]).reduce((sum, each) => sum + each.failed, alone.failed);
  return {
    parameters,
    tables: [
      {
        title: "Requests per second and 95th percentile",
        head: ["", "legacy /s", "nest /s", "ratio", "legacy p95 ms", "nest p95 ms"],
        rows: rows.map(({ name, rates, ratio, p95 }) => [
          name,
          rates[0].toFixed(0),
          rates[1].toFixed(0),
          ratio.toFixed(2),
          p95[0].toFixed(1),
          p95[1].toFixed(1),
        ]),
      },
    ],
    goals: [
      ...rows.map(({ name, ratio }) => ({
        text: `${name}: nest >= ${RATIO_GOAL} × legacy`,
        value: `${ratio.toFixed(2)} ×`,
        isMet: ratio >= RATIO_GOAL,
      })),
      {
        text: `analytics, 7 days, one at a time: p95 < ${ANALYTICS_P95_GOAL_MS} ms`,
        value: `${alone.p95Ms.toFixed(1)} ms`,
        isMet: alone.p95Ms < ANALYTICS_P95_GOAL_MS,
      },
    ],
    notes: ["Equal reads that wait at the same time share one answer in nest. Where each connection asks something else, nothing is shared."],
    failures: failed === 0 ? [] : [`${failed} requests failed`],
  };
}

/** Messages over 90 days in the sessions and contacts of one tenant; answers the contacts with most of them, one a connection. */
async function addMessages(url: string, count: number): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(INSERT, [NORTH.id, count]);
    await client.query("vacuum analyze"); // as autovacuum leaves a table that has been there for a while
    const { rows } = await client.query<{ id: string }>(
      `select k.id from whatsapp_messages m join whatsapp_contacts k on k.id = m."whatsappContactId"
       where k."tenantId" = $1 group by 1 order by count(*) desc, 1 limit ${CONNECTIONS}`,
      [NORTH.id],
    );
    return rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}

const INSERT = `with s as (select array_agg("sessionId" order by id) as a from whatsapp_sessions where "tenantId" = $1),
  c as (select array_agg(id order by id) as ids, array_agg(jid order by id) as jids from whatsapp_contacts where "tenantId" = $1)
  insert into whatsapp_messages (id, "sessionId", "messageId", "remoteJid", "whatsappContactId", "fromMe", content, status, timestamp, "updatedAt")
  select 'bench' || i, s.a[1 + i % array_length(s.a, 1)], 'BENCH' || i, c.jids[1 + (i * 7919::bigint % array_length(c.ids, 1))::int],
    c.ids[1 + (i * 7919::bigint % array_length(c.ids, 1))::int], i % 3 = 0, 'message ' || i, 'READ',
    timezone('utc', now()) - (i * interval '90 days' / $2::int), timezone('utc', now())
  from generate_series(1, $2::int) as i, s, c`;

type Drive = { readonly port: number; readonly targets: readonly string[]; readonly headers: Record<string, string>; readonly seconds: number };

/** Each connection asks its own target again as soon as it is answered. */
async function drive({ port, targets, headers, seconds }: Drive, connections: number): Promise<Measured> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 });
  const latencies: number[] = [];
  let failed = 0;
  const deadline = performance.now() + seconds * 1_000;
  const ask = async (target: string): Promise<void> => {
    while (performance.now() < deadline) {
      const askedAt = performance.now();
      const { statusCode, body } = await pool.request({ path: target, method: "GET", headers });
      await body.dump({ limit: Number.MAX_SAFE_INTEGER });
      if (statusCode !== 200) failed += 1;
      latencies.push(performance.now() - askedAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => ask(targets[index % targets.length] ?? "")));
  await pool.destroy();
  return { perSecond: latencies.length / seconds, p50Ms: percentile(latencies, 0.5), p95Ms: percentile(latencies, 0.95), failed };
}
