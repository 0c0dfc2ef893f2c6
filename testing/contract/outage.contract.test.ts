import { afterAll, describe, expect, it } from "vitest";
import { waitUntil } from "../../lib/processes.ts";
import { startTcpRelay, type TcpRelay } from "../tcp-relay.ts";
import type { Reply } from "./client.ts";
import { READS, targetOf } from "./requests.ts";
import { DIRECT_SYSTEMS, useWorld } from "./world.ts";

/** Contract 1.4: the database cannot be reached, or does not answer. Never an empty list, nothing from inside, and back by itself. */

const OUTAGE_LIMIT_MS = 15_000;
const RECOVERY_LIMIT_MS = 20_000;
/** A handler's 10 s, and what a busy machine adds. */
const DEADLINE_LIMIT_MS = 15_000;
/** More than any pool of connections. */
const CROWD = 40;
const ROW_READS = READS.filter(({ readsRows }) => readsRows);

let relay: TcpRelay | undefined;

const { world, client, get } = useWorld({
  databaseUrlOf: async (text) => {
    const url = new URL(text);
    relay = await startTcpRelay({ host: url.hostname, port: Number(url.port) });
    url.hostname = "127.0.0.1";
    url.port = String(relay.port);
    return url.href;
  },
  systems: DIRECT_SYSTEMS,
});

afterAll(() => relay?.cut());

const whileCut = async <Result>(body: () => Promise<Result>): Promise<Result> => {
  await relay?.cut();
  try {
    return await body();
  } finally {
    await relay?.restore();
  }
};

describe.each(DIRECT_SYSTEMS)("%s", (system) => {
  it("answers 503 to every read while the database is away, and 200 again afterwards", async () => {
    const ask = (target: string): Promise<Reply> => get(system, target, { headers: { "x-request-id": "outage-1" } });
    const healthy = await Promise.all(ROW_READS.map((endpoint) => ask(targetOf(endpoint))));
    expect(healthy.map(({ status }) => status)).toEqual(ROW_READS.map(() => 200));
    const startedAt = Date.now();
    const replies = await whileCut(() => Promise.all(ROW_READS.map((endpoint) => ask(targetOf(endpoint)))));
    expect(Date.now() - startedAt).toBeLessThan(OUTAGE_LIMIT_MS);
    for (const reply of replies) {
      expect(reply).toFailWith(503, { error: "Service unavailable", details: "outage-1" });
      expect(reply.headers["retry-after"]).toBe("5");
    }
    const isBack = async (): Promise<boolean> =>
      (await Promise.all(ROW_READS.map((endpoint) => ask(targetOf(endpoint))))).every(({ status }) => status === 200);
    expect(await waitUntil(isBack, RECOVERY_LIMIT_MS, 250)).toBe(true);
  });

  it("answers 503 to a crowd of reads that wait for a lock, at the deadline, and 200 when it is gone", async () => {
    const { database } = world();
    const target = "/api/whatsapp/sessions";
    await database.query("begin");
    await database.query("lock table whatsapp_sessions in access exclusive mode");
    const startedAt = Date.now();
    const replies = await Promise.all(Array.from({ length: CROWD }, () => get(system, target, { headers: { "x-request-id": "outage-2" } })));
    const tookMs = Date.now() - startedAt;
    await database.query("rollback");
    for (const reply of replies) expect(reply).toFailWith(503, { error: "Service unavailable", details: "outage-2" });
    expect(tookMs).toBeLessThan(DEADLINE_LIMIT_MS);
    expect(await waitUntil(async () => (await get(system, target)).status === 200, RECOVERY_LIMIT_MS, 250)).toBe(true);
  });

  it("still answers what needs no database", async () => {
    const replies = await whileCut(async () => [
      await client(system).send({ target: "/api/whatsapp/sessions" }),
      await get(system, "/api/whatsapp/nope"),
      await get(system, "/api/whatsapp/analytics"),
      await client(system).send({ target: "/api/whatsapp/contacts", method: "OPTIONS" }),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([401, 404, 400, 204]);
  });
});
