import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as Database } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EVENTS } from "@ipnuo/domain/events";
import type { DerivationReply } from "@ipnuo/domain/shadowing";
import { waitUntil } from "../../lib/processes.ts";
import { CANDIDATE_ROLE, HEADER, signRole } from "../../lib/wire.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { startRealtimeRecorder, type Emission, type RealtimeRecorder } from "../realtime-recorder.ts";
import { startSystem, type RunningSystem, type SystemName, type SystemSettings } from "../systems.ts";
import { createClient, type Client } from "./client.ts";
import { keepResult } from "./coverage.ts";
import { differencesOf } from "./emitters-compare.ts";
import type { Fact } from "./emitters-fact.ts";
import { FACTS } from "./emitters-facts.ts";
import { createStage, type Stage } from "./emitters-stage.ts";
import { buildFixtures } from "./fixtures.ts";
import { TENANT } from "./ids.ts";
import { insertRows, sessionRow } from "./rows.ts";
import { startTargets, type Targets } from "./targets.ts";
import { AUTH_SECRET } from "./tokens.ts";
import { emitterOf, SHADOW_SECRET, SYSTEMS, variablesOf } from "./world.ts";

/**
 * The same fact through the legacy app's own emitter and through Nest's: the same events, channels, order and payloads (contract 5).
 * And what a Nest on legacy's rows derives of it (contract 4.4): the same once more.
 */

/** Contract 5.2, by hand: apart from both implementations. */
const CONTRACT_EVENTS = `qr.code pairing.code connection.update message.queued message.sent message.received message.status message.reaction
  message.edited message.deleted media.processed contact.created contact.updated group.updated group.participants transfer-request:new
  transfer-request:approved transfer-request:denied transfer-request:transferred transfer-request:cancelled`.split(/\s+/);
const BOTH: readonly SystemName[] = ["legacy", "nest"];
const SENTINEL = "sentinel-session";
const TIMEOUT_MS = 20_000;

type Side = { readonly template: TestDatabase; readonly database: Database };

let realtime: RealtimeRecorder;
let targets: Targets;
let mediaDir: string;
/** A second Nest, on legacy's database. */
let shadow: { readonly system: RunningSystem; readonly client: Client };
const sides = new Map<SystemName, Side>();

const isWanted = BOTH.every((name) => SYSTEMS.includes(name));

describe.runIf(isWanted)("one fact on two systems, each with a database of its own", () => {
  beforeAll(async () => {
    realtime = await startRealtimeRecorder(BOTH.map(emitterOf));
    mediaDir = await mkdtemp(join(tmpdir(), "parallax-emitters-"));
    const now = new Date();
    for (const name of BOTH) sides.set(name, await createSide(now));
    const settingsOf = (name: SystemName, database = name): SystemSettings => {
      return { databaseUrl: sideOf(database).template.url, authSecret: AUTH_SECRET, env: variablesOf(name, { realtime, mediaDir }) };
    };
    targets = await startTargets(BOTH, (name) => settingsOf(name));
    const system = await startSystem("nest", settingsOf("nest", "legacy"));
    shadow = { system, client: createClient(system.baseUrl) };
  });
  afterAll(async () => {
    await shadow?.client.close();
    await shadow?.system.stop();
    await targets?.stop();
    await realtime?.close();
    for (const { template, database } of sides.values()) {
      await database.end();
      await template.drop();
    }
    await rm(mediaDir, { recursive: true, force: true });
    // The coverage page waits for every file of the suite; this one counts events, not endpoints.
    keepResult("testing/contract/emitters.contract.test.ts", { cases: {}, ledger: {} });
  });

  const all = Object.entries(FACTS).flatMap(([event, facts]) => facts.map((fact) => ({ event, what: fact.what, fact })));
  it.each(all.map((each, index) => ({ ...each, serial: index + 1 })))("$event: $what", async ({ event, fact, serial }) => {
    const told = new Map<SystemName, readonly Emission[]>();
    for (const name of BOTH) told.set(name, await tellsOf(name, fact, serial));
    const [legacy = [], nest = []] = BOTH.map((name) => told.get(name));
    const { recentKeys = [], toldUsers = [] } = fact;
    expect(differencesOf(legacy, nest, { recentKeys, nowMs: Date.now() })).toEqual([]);
    const onSession = nest.filter(({ channels }) => channels[0]?.startsWith("private-whatsapp."));
    expect(onSession.map((each) => each.event)).toEqual(fact.told);
    const onUsers = nest.filter((each) => !onSession.includes(each));
    expect(onUsers.map((each) => each.event).toSorted()).toEqual([...toldUsers].toSorted());
    expect([...fact.told, ...toldUsers]).toContain(event);
    await expectDerived(legacy, fact);
  });
});

/**
 * Nest, on legacy's rows, derives what legacy told (contract 4.4): the very same bytes of the last one of each kind on a channel.
 * Earlier ones may be superseded by then.
 */
async function expectDerived(emissions: readonly Emission[], { isStoredNowhere }: Fact): Promise<void> {
  for (const [index, { channels, event, data }] of emissions.entries()) {
    const reply = await derive({ channels, event, data, emittedAt: (data as { timestamp: number }).timestamp });
    const isLast = !emissions.slice(index + 1).some((later) => later.event === event && later.channels.join() === channels.join());
    if (!isLast) continue;
    const emission = isStoredNowhere ? null : { channels, event, data };
    expect({ outcome: reply.outcome, emission: JSON.stringify(reply.emission) }).toEqual({
      outcome: isStoredNowhere ? "not-derivable" : "derived",
      emission: JSON.stringify(emission),
    });
  }
}

async function derive(captured: object): Promise<DerivationReply> {
  const target = "/api/internal/shadow/emissions";
  const body = JSON.stringify(captured);
  const signature = signRole({ method: "POST", target, body: Buffer.from(body), atMs: Date.now() }, SHADOW_SECRET);
  const headers = { "content-type": "application/json", [HEADER.role]: CANDIDATE_ROLE, [HEADER.signature]: signature };
  const reply = await shadow.client.send({ method: "POST", target, body, headers });
  if (reply.status !== 200) throw new Error(`the derivation was answered ${reply.status} ${reply.text}`);
  return reply.json as DerivationReply;
}

describe("the facts", () => {
  it("are there for every event of the contract, and for no other", () => {
    expect(Object.keys(EVENTS).toSorted()).toEqual(CONTRACT_EVENTS.toSorted());
    expect(Object.keys(FACTS).toSorted()).toEqual(CONTRACT_EVENTS.toSorted());
    expect(Object.values(FACTS).filter((facts) => facts.length === 0)).toEqual([]);
  });
});

async function createSide(now: Date): Promise<Side> {
  const template = await createTestDatabase("whatsapp");
  const database = new Database({ connectionString: template.url });
  await database.connect();
  await insertRows(database, buildFixtures(now));
  await insertRows(database, { whatsapp_sessions: [sessionRow({ id: SENTINEL, sessionId: SENTINEL, tenantId: TENANT.alpha })] });
  return { template, database };
}

function sideOf(name: SystemName): Side {
  const side = sides.get(name);
  if (side === undefined) throw new Error(`${name} has no database`);
  return side;
}

const isOfSentinel = ({ channels }: Emission): boolean => channels.includes(`private-whatsapp.${SENTINEL}`);

/** Everything a system tells of a fact: the events that are due, and whatever comes before a sentinel sent after them. */
async function tellsOf(name: SystemName, { given, act, told, toldUsers = [] }: Fact, serial: number): Promise<readonly Emission[]> {
  const stage: Stage = createStage(serial, targets.client(name), sideOf(name).database);
  const emitter = emitterOf(name);
  const start = realtime.emissionsOf(emitter).length;
  await given?.(stage);
  await act(stage);
  await realtime.reached(emitter, start + told.length + toldUsers.length, TIMEOUT_MS);
  await stage.post("test-qr", { sessionId: SENTINEL });
  const since = (): readonly Emission[] => realtime.emissionsOf(emitter).slice(start);
  const hasCome = await waitUntil(() => since().some(isOfSentinel), TIMEOUT_MS, 5);
  if (!hasCome) throw new Error(`${name} did not tell the sentinel`);
  return since().filter((emission) => !isOfSentinel(emission));
}
