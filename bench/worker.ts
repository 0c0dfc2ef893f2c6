import { setTimeout as delay } from "node:timers/promises";
import type { Child } from "../demo/child.ts";
import { waitUntil } from "../lib/processes.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import { percentile } from "./figures.ts";
import { sendAtRate, type Sent } from "./inbound-load.ts";
import { cpuMsOf, residentMbOf } from "./process-figures.ts";
import { withWorkbench } from "./workbench.ts";
import { startWorkerSystems, type WorkerSystems } from "./worker-systems.ts";

const FULL = { sessions: 50, perSecond: 200, seconds: 15, idleSeconds: 10 };
const SHORT = { sessions: 5, perSecond: 20, seconds: 2, idleSeconds: 1 };
const OPEN_GOAL_S = 60;
const P95_GOAL_MS = 500;
const PAIRED_AT_ONCE = 5;
const PAIRING_TIMEOUT_MS = 60_000;
const OPENING_TIMEOUT_MS = 180_000;
/** How long after the last message an emission may still come. */
const ARRIVAL_TIMEOUT_MS = 60_000;

export const workerBench: Bench = {
  name: "worker",
  about: "sessions of one worker against a WhatsApp server on loopback: opening, idling, receiving",
  run: (options) => withWorkbench((bench) => run(bench.folder, options)),
};

type Opened = { readonly seconds: number; readonly memoryMb: number; readonly cpuShare: number | undefined };

async function run(folder: string, { isShort, seconds }: BenchOptions): Promise<BenchResult> {
  const plan = { ...(isShort ? SHORT : FULL), ...(seconds === undefined ? {} : { seconds }) };
  const systems = await startWorkerSystems(folder);
  try {
    const phones = Array.from({ length: plan.sessions }, (_, index) => String(15_552_000_000 + index));
    const first = await systems.startWorker();
    const emptyMb = residentMbOf(first.pid);
    const pairingSeconds = await pairAll(systems, phones);
    await first.stop();
    const worker = await systems.startWorker();
    const opened = await openAll(systems, worker, plan);
    const isHeard = (sent: readonly Sent[]): Promise<boolean> =>
      waitUntil(() => sent.every(({ id }) => systems.sink.heardAt.has(id)), ARRIVAL_TIMEOUT_MS, 50);
    await isHeard(await sendAtRate(systems.whatsapp.control, { phones, perSecond: plan.perSecond, seconds: 1 })); // contacts introduce themselves
    const cpuBefore = cpuMsOf(worker.pid);
    const sent = await sendAtRate(systems.whatsapp.control, { phones, ...plan });
    await isHeard(sent);
    const cpuMs = (cpuMsOf(worker.pid) ?? Number.NaN) - (cpuBefore ?? Number.NaN);
    return await report({ systems, plan, emptyMb, pairingSeconds, opened, sent, cpuMs });
  } finally {
    await systems.close();
  }
}

const sessionOf = (index: number): string => `bench-${index}`;

/** Connects the sessions, a few at a time as people would, and scans what they show; answers how long that took in all. */
async function pairAll(systems: WorkerSystems, phones: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  for (let first = 0; first < phones.length; first += PAIRED_AT_ONCE) {
    const count = Math.min(phones.length, first + PAIRED_AT_ONCE);
    for (let index = first; index < count; index += 1) await systems.connect(sessionOf(index));
    await scanAll(systems, phones, count);
  }
  return (performance.now() - startedAt) / 1_000;
}

/** Scans every QR that is shown, until so many sessions are connected. */
async function scanAll({ database, whatsapp }: WorkerSystems, phones: readonly string[], count: number): Promise<void> {
  const scanned = new Set<string>();
  const isPaired = await waitUntil(
    async () => {
      const { rows } = await database.query<{ sessionId: string; status: string; qrCode: string | null }>(
        `select "sessionId", status, "qrCode" from whatsapp_sessions where "sessionId" like 'bench-%'`,
      );
      const shown = rows.filter(({ qrCode, sessionId }) => qrCode !== null && !scanned.has(sessionId));
      for (const { sessionId, qrCode } of shown) {
        scanned.add(sessionId);
        const phone = phones[Number(sessionId.slice("bench-".length))] ?? "";
        await whatsapp.control.scan(qrCode ?? "", { phone, name: sessionId });
      }
      return rows.filter(({ status }) => status === "CONNECTED").length === count;
    },
    PAIRING_TIMEOUT_MS,
    100,
  );
  if (!isPaired) throw new Error(`${count} sessions were not paired within ${PAIRING_TIMEOUT_MS / 1_000} s`);
}

/** From the worker's being up until the database says that every session is connected, and what they cost then. */
async function openAll({ database, whatsapp }: WorkerSystems, worker: Child, { sessions, idleSeconds }: typeof FULL): Promise<Opened> {
  const startedAt = performance.now();
  const areOpen = await waitUntil(
    async () => {
      const online = whatsapp.control.devices().filter(({ isOnline }) => isOnline).length;
      if (online < sessions) return false;
      const { rows } = await database.query<{ count: string }>(
        `select count(*) from whatsapp_sessions where "sessionId" like 'bench-%' and status = 'CONNECTED'`,
      );
      return Number(rows[0]?.count) === sessions;
    },
    OPENING_TIMEOUT_MS,
    50,
  );
  if (!areOpen) throw new Error(`${sessions} sessions did not open within ${OPENING_TIMEOUT_MS / 1_000} s`);
  const seconds = (performance.now() - startedAt) / 1_000;
  const before = cpuMsOf(worker.pid);
  await delay(idleSeconds * 1_000);
  const after = cpuMsOf(worker.pid);
  const cpuShare = before === undefined || after === undefined ? undefined : (after - before) / (idleSeconds * 1_000);
  return { seconds, memoryMb: residentMbOf(worker.pid), cpuShare };
}

type Found = {
  readonly systems: WorkerSystems;
  readonly plan: typeof FULL;
  readonly emptyMb: number;
  readonly pairingSeconds: number;
  readonly opened: Opened;
  readonly sent: readonly Sent[];
  readonly cpuMs: number;
};

async function report({ systems, plan, emptyMb, pairingSeconds, opened, sent, cpuMs }: Found): Promise<BenchResult> {
  const { sink, database, whatsapp } = systems;
  const latencies = sent.flatMap(({ id, atMs }) => (sink.heardAt.has(id) ? [(sink.heardAt.get(id) ?? 0) - atMs] : []));
  const ids = sent.map(({ id }) => id);
  const storedAt = await readStored(database, ids);
  const spanMs = (sent.at(-1)?.atMs ?? 0) - (sent[0]?.atMs ?? 0);
  const p95 = percentile(latencies, 0.95);
  const perSession = (total: number): string => (total / plan.sessions).toFixed(1);
  const failures = [
    [sent.length - latencies.length, "messages were not emitted"],
    [sent.length - storedAt.size, "messages were not stored"],
    [ids.filter((id) => sink.doubled.has(id)).length, "messages were emitted twice"],
    [whatsapp.control.faults().length, "faults in the WhatsApp server"],
  ] as const;
  return {
    parameters: `${plan.sessions} sessions, ${plan.perSecond} messages/s for ${plan.seconds} s`,
    tables: [
      {
        title: "Sessions of one worker",
        head: ["", "measured"],
        rows: [
          ["paired, from the first connect to the last open, s", pairingSeconds.toFixed(1)],
          ["opened again after a restart, s", opened.seconds.toFixed(1)],
          ["memory of the worker without sessions, MB", emptyMb.toFixed(0)],
          ["memory with all open, MB", opened.memoryMb.toFixed(0)],
          ["memory a session, MB", perSession(opened.memoryMb - emptyMb)],
          ["processor time a session while idle, ms/s", opened.cpuShare === undefined ? "unknown" : perSession(opened.cpuShare * 1_000)],
        ],
      },
      {
        title: "From the WhatsApp server's sending a message to its emission",
        head: ["", "measured"],
        rows: [
          ["messages", String(sent.length)],
          ["sent a second", ((sent.length - 1) / (spanMs / 1_000)).toFixed(0)],
          [
            "p50 until it is encrypted and on the wire, ms",
            percentile(
              sent.map(({ atMs, wiredMs }) => wiredMs - atMs),
              0.5,
            ).toFixed(0),
          ],
          [
            "p50 until its row is there, ms",
            percentile(
              sent.map(({ id, atMs }) => (storedAt.get(id) ?? Number.NaN) - atMs),
              0.5,
            ).toFixed(0),
          ],
          ["p50, ms", percentile(latencies, 0.5).toFixed(0)],
          ["p95, ms", p95.toFixed(0)],
          ["p99, ms", percentile(latencies, 0.99).toFixed(0)],
          ["processor time of the worker a message, ms", (cpuMs / sent.length).toFixed(1)],
        ],
      },
    ],
    goals: [
      {
        text: `${plan.sessions} sessions open within ${OPEN_GOAL_S} s`,
        value: `${opened.seconds.toFixed(1)} s`,
        isMet: opened.seconds <= OPEN_GOAL_S,
      },
      { text: `p95 < ${P95_GOAL_MS} ms at ${plan.perSecond} messages/s`, value: `${p95.toFixed(0)} ms`, isMet: p95 < P95_GOAL_MS },
    ],
    notes: ["The WhatsApp server and the clock share a process; PostgreSQL, Nest and the worker have their own, on the same cores"],
    failures: failures.filter(([count]) => count !== 0).map(([count, what]) => `${count} ${what}`),
  };
}

/** When each row was made, on the clock of `performance.now()`. */
async function readStored(database: WorkerSystems["database"], ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.query<{ id: string; madeAtMs: number }>(
    `select "messageId" as id, (extract(epoch from "createdAt") * 1000)::float8 as "madeAtMs" from whatsapp_messages where "messageId" = any($1)`,
    [ids],
  );
  return new Map(rows.map(({ id, madeAtMs }) => [id, madeAtMs - performance.timeOrigin]));
}
