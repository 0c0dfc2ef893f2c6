import { afterAll, beforeAll } from "vitest";
import { waitUntil } from "../../lib/processes.ts";
import type { Emission } from "../realtime-recorder.ts";
import type { Ask, Headers, Reply } from "./client.ts";
import type { TargetName } from "./coverage.ts";
import { TENANT } from "./ids.ts";
import { CLAIMS } from "./requests.ts";
import { insertRows, sessionRow } from "./rows.ts";
import { changesBetween, digest, readTables, type Changes } from "./tables.ts";
import { signToken, type Claims } from "./tokens.ts";
import { emitterOf, UNCOUNTED, type Contract } from "./world.ts";

/** One request and everything that came of it: the answer, the rows it changed, what was broadcast and what was notified. */
export type Observed = {
  readonly reply: Reply;
  readonly changes: Changes;
  readonly emissions: readonly Emission[];
  readonly notified: readonly string[];
};

export type WriteAsk = Omit<Ask, "body"> & {
  /** An object is sent as JSON. */
  readonly body?: unknown;
  readonly as?: Claims;
  /** Emissions to wait for before the sentinel. */
  readonly emits?: number;
};

const SENTINEL = "sentinel-session";
const EMISSION_TIMEOUT_MS = 10_000;
const isSentinel = ({ event, data }: Emission): boolean => event === "qr.code" && (data as { qr?: unknown }).qr === `test-qr:${SENTINEL}`;

export function useObservation(contract: Contract) {
  const notifications: string[] = [];

  beforeAll(async () => {
    const { database } = contract.world();
    await insertRows(database, { whatsapp_sessions: [sessionRow({ id: SENTINEL, sessionId: SENTINEL, tenantId: TENANT.alpha })] });
    database.on("notification", ({ channel, payload }) => notifications.push(`${channel} ${payload}`));
    for (const channel of ["whatsapp_session", "whatsapp_outbox"]) await database.query(`listen ${channel}`);
  });
  afterAll(() => void contract.world().database.removeAllListeners("notification"));

  const write = (name: TargetName, { body, as = CLAIMS.admin, headers = {}, method = "POST", target, isLast = false }: WriteAsk): Promise<Reply> => {
    const json: Headers = body === undefined ? {} : { "content-type": "application/json" };
    const sent = body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const all = { authorization: `Bearer ${signToken(as)}`, ...json, ...headers };
    return contract
      .client(name)
      .send({ target, method, isLast, headers: all, ...(sent === undefined ? {} : { body: sent as NonNullable<Ask["body"]> }) });
  };

  /** What the emitter has broadcast since, once a sentinel sent after it has arrived. */
  const emissionsSince = async (name: TargetName, start: number, emits: number): Promise<Emission[]> => {
    const { realtime } = contract.world();
    const emitter = emitterOf(name);
    await realtime.reached(emitter, start + emits, EMISSION_TIMEOUT_MS);
    const sentinel = await write(name, { target: "/api/whatsapp/test-qr", body: { sessionId: SENTINEL }, headers: UNCOUNTED });
    if (sentinel.status !== 200) throw new Error(`the sentinel of ${name} was answered ${sentinel.status} ${sentinel.text}`);
    const sinceStart = (): readonly Emission[] => realtime.emissionsOf(emitter).slice(start);
    const hasArrived = await waitUntil(() => sinceStart().some(isSentinel), EMISSION_TIMEOUT_MS, 5);
    if (!hasArrived) throw new Error(`the sentinel of ${name} was not broadcast`);
    return sinceStart().filter((emission) => !isSentinel(emission));
  };

  const observe = async (name: TargetName, ask: WriteAsk): Promise<Observed> => observeMany(name, () => write(name, ask), ask.emits);

  /** The same for anything else that acts on one system. */
  const observeMany = async (name: TargetName, act: () => Promise<Reply>, emits = 0): Promise<Observed> => {
    const { database, realtime } = contract.world();
    await contract.settled();
    const before = await readTables(database);
    const start = realtime.emissionsOf(emitterOf(name)).length;
    notifications.length = 0;
    const reply = await act();
    const changes = changesBetween(before, await readTables(database));
    const notified = [...notifications];
    return { reply, changes, emissions: await emissionsSince(name, start, emits), notified };
  };

  /** The digest of all rows, and how much was broadcast: equal before and after whatever was refused. */
  const standstill = async (name: TargetName): Promise<string> => {
    const { database, realtime } = contract.world();
    return `${await digest(database)} ${realtime.emissionsOf(emitterOf(name)).filter((emission) => !isSentinel(emission)).length}`;
  };

  /** Everything as it was after a sentinel has come through. */
  const untouched = async (name: TargetName): Promise<string> => {
    await emissionsSince(name, contract.world().realtime.emissionsOf(emitterOf(name)).length, 0);
    return standstill(name);
  };

  return { write, observe, observeMany, standstill, untouched };
}

export type Observation = ReturnType<typeof useObservation>;
