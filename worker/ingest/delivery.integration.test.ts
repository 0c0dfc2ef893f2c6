import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLogger } from "../../lib/log.ts";
import { waitUntil } from "../../lib/processes.ts";
import { createDelivery, type Delivery } from "./delivery.ts";
import { createIngestClient, type IngestClient } from "./ingest-client.ts";
import type { IngestCall } from "./ingest-call.ts";
import { createServiceTokens } from "./service-tokens.ts";
import { IngestApi } from "../testing/ingest-api.ts";

const log = createLogger({ program: "test", level: "silent" });
const SECRETS = ["a secret for service tokens"];
const UNKNOWN = { error: "Session not found or access denied" };

const numbersOf = (api: IngestApi): number[] => api.heard.flatMap(({ items }) => items.map(({ n }) => Number(n)));

let nest: IngestApi;
let next: IngestApi;
let folder: string;
const opened: { delivery: Delivery; client: IngestClient }[] = [];

beforeEach(async () => {
  [nest, next] = [await IngestApi.start(), await IngestApi.start()];
  folder = mkdtempSync(join(tmpdir(), "spool-"));
});

afterEach(async () => {
  for (const each of opened.splice(0)) await closeOne(each);
  await Promise.all([nest.stop(), next.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

async function closeOne({ delivery, client }: { delivery: Delivery; client: IngestClient }): Promise<void> {
  await delivery.close();
  await client.close();
}

async function open(): Promise<Delivery> {
  const tokens = createServiceTokens({ secrets: SECRETS, workerId: "worker-1", nowMs: Date.now });
  const client = createIngestClient({ baseUrls: [nest.url, next.url], tokens, log, timeoutMs: 2_000 });
  const delivery = await createDelivery({ spoolDir: join(folder, "spool"), client, log });
  opened.push({ delivery, client });
  return delivery;
}

const call = (n: number, more: Partial<IngestCall> = {}): IngestCall => ({
  sessionId: "main",
  path: "messages",
  items: [{ n }],
  traceId: `trace-${n}`,
  ...more,
});
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

test("calls of one session arrive in order, one request in flight, with their trace id", async () => {
  const delivery = await open();
  await Promise.all(range(0, 250).map((n) => delivery.submit(call(n))));
  expect(await delivery.drained("main", 5_000)).toBe(true);
  expect(numbersOf(nest)).toEqual(range(0, 250));
  expect(nest.heard.every(({ items, traceId }) => traceId === `trace-${Number(items[0]?.["n"])}`)).toBe(true);
  expect(nest.mostInFlight).toBe(1);
  expect(next.heard).toEqual([]);
  expect(delivery.counters()).toMatchObject({ delivered: 250, waiting: 0, unanswered: 0 });
});

test("a call with more items than a batch holds is cut into batches", async () => {
  const delivery = await open();
  await delivery.submit(call(0, { items: range(0, 230).map((n) => ({ n })) }));
  expect(await delivery.drained("main", 5_000)).toBe(true);
  expect(numbersOf(nest)).toEqual(range(0, 230));
  expect(nest.heard.every(({ items }) => items.length <= 100)).toBe(true);
});

test("the fallback gets what the first API does not answer", async () => {
  const delivery = await open();
  await nest.stop();
  await delivery.submit(call(1));
  expect(await delivery.drained("main", 5_000)).toBe(true);
  expect(numbersOf(next)).toEqual([1]);
});

test.each([429, 500, 503, 401, 403, 502])("the fallback gets what the first API answers with %i", async (status) => {
  const delivery = await open();
  nest.answer = () => ({ status, body: { error: "no" } });
  await delivery.submit(call(1));
  expect(await delivery.drained("main", 5_000)).toBe(true);
  expect(numbersOf(next)).toEqual([1]);
});

test("what no API answers waits on disk and arrives in order, without gaps or doubles, also after a restart of the worker", async () => {
  const first = await open();
  await first.submit(call(0));
  expect(await first.drained("main", 5_000)).toBe(true);
  await Promise.all([nest.stop(), next.stop()]);
  for (const n of range(1, 30)) await first.submit(call(n, n % 2 === 0 ? { path: "messages/status" } : {}));
  expect(first.counters().waiting).toBe(29);
  for (const each of opened.splice(0)) await closeOne(each);

  const second = await open();
  await second.submit(call(30));
  await nest.startAgain();
  await next.startAgain();
  expect(await second.drained("main", 15_000)).toBe(true);
  expect([...numbersOf(nest), ...numbersOf(next)].toSorted((a, b) => a - b)).toEqual(range(0, 31));
  expect(isSorted(numbersOf(nest)) && isSorted(numbersOf(next))).toBe(true);
});

const isSorted = (numbers: readonly number[]): boolean => numbers.every((n, index) => index === 0 || n > (numbers[index - 1] ?? 0));

test("one session's trouble holds up no other", async () => {
  const delivery = await open();
  nest.answer = ({ sessionId }) => (sessionId === "bad" ? { status: 503, body: {} } : undefined);
  next.answer = nest.answer;
  await delivery.submit(call(1, { sessionId: "bad" }));
  await delivery.submit(call(2, { sessionId: "good" }));
  expect(await delivery.drained("good", 10_000)).toBe(true);
  expect(delivery.counters()).toMatchObject({ delivered: 1, waiting: 1 });
});

test("an item the API rejects is kept aside and holds up nothing", async () => {
  const delivery = await open();
  nest.answer = (heard) => ({
    status: 200,
    body: {
      success: true,
      results: heard.items.map(({ n }) => ({
        key: "",
        outcome: n === 1 ? "rejected" : "created",
        id: null,
        error: n === 1 ? "timestamp is invalid" : null,
      })),
    },
  });
  await Promise.all([0, 1, 2].map((n) => delivery.submit(call(n))));
  expect(await delivery.drained("main", 5_000)).toBe(true);
  expect(delivery.counters()).toMatchObject({ delivered: 2, rejected: 1, waiting: 0 });
});

test("a batch the API refuses as too large comes in smaller ones", async () => {
  const delivery = await open();
  nest.answer = ({ items }) => (items.length > 10 ? { status: 413, body: { error: "Payload too large" } } : undefined);
  await delivery.submit(call(0, { items: range(0, 64).map((n) => ({ n })) }));
  expect(await delivery.drained("main", 5_000)).toBe(true);
  expect(numbersOf(nest)).toEqual(range(0, 64));
});

test("a session no API knows is dropped, and its shell is told", async () => {
  const delivery = await open();
  const told: string[] = [];
  delivery.onUnknownSession((sessionId) => told.push(sessionId));
  nest.answer = ({ sessionId }) => (sessionId === "gone" ? { status: 404, body: UNKNOWN } : undefined);
  await delivery.submit(call(1, { sessionId: "gone" }));
  expect(await delivery.drained("gone", 5_000)).toBe(true);
  expect(told).toEqual(["gone"]);
  expect(next.heard).toEqual([]);
  expect(delivery.counters()).toMatchObject({ dropped: 1, waiting: 0 });
});

test("a 404 that does not speak of the session throws nothing away", async () => {
  const delivery = await open();
  nest.answer = () => ({ status: 404, body: { error: "Not found" } });
  await delivery.submit(call(1));
  expect(await delivery.drained("main", 5_000)).toBe(true);
  expect(numbersOf(next)).toEqual([1]);
});

test.each([
  [200, { success: true, outcome: "updated" }, "applied"],
  [200, { success: true, outcome: "unchanged" }, "unchanged"],
  [409, { error: "Lease epoch is stale" }, "stale-epoch"],
  [409, { error: "Session is stopped" }, "stopped"],
  [404, UNKNOWN, "unknown-session"],
  [400, { error: "epoch is required" }, "rejected"],
] as const)("a state the API answers with %i %o is %s", async (status, body, outcome) => {
  const delivery = await open();
  nest.answer = () => ({ status, body });
  expect(await delivery.report("main", "state", { epoch: 1, seq: 1 })).toBe(outcome);
});

test("of states that no API answers only the newest is told later", async () => {
  const delivery = await open();
  await Promise.all([nest.stop(), next.stop()]);
  expect(await delivery.report("main", "state", { items: [{ n: 1 }] })).toBe("spooled");
  expect(await delivery.report("main", "state", { items: [{ n: 2 }] })).toBe("spooled");
  await nest.startAgain();
  await next.startAgain();
  expect(await waitUntil(() => nest.heard.length + next.heard.length > 0, 10_000)).toBe(true);
  expect([...numbersOf(nest), ...numbersOf(next)]).toEqual([2]);
});

test("a spool that another worker uses is refused by name", async () => {
  await open();
  await expect(open()).rejects.toMatchObject({ code: "SPOOL_OPEN" });
});
