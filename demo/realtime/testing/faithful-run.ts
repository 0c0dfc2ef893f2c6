import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntil } from "../../../lib/processes.ts";
import { createEmitter, LEGACY_APP, NEST_APP, REAL_APP } from "../../../shadow/testing/emitters.ts";
import { startShadow, type ShadowForTests } from "../../../shadow/testing/start-shadow.ts";
import { createRandom } from "../../seed/random.ts";
import { startRealtime, type Realtime } from "../realtime.ts";
import { comeAgain, compareHeard, listen, watchReturn, type Listener } from "./audience.ts";
import { planFacts, type Fact, type Lane } from "./facts.ts";
import type { Disturbance, EmissionLedger, FaithfulResult, FaithfulRunOptions } from "./faithful-types.ts";
import { Gate } from "./gate.ts";
import type { Subscriber } from "./subscriber.ts";
import { sumLedgers } from "./sum-ledgers.ts";
import { tell, type Teller } from "./tell.ts";

const DIRECT_APP = { id: "78", key: "direct-key", secret: "direct-secret" };
const NOBODY = "http://127.0.0.1:9";
const CALL_TIMEOUT_MS = 60_000;
const PROGRESS_TIMEOUT_MS = 240_000;
const ARRIVAL_TIMEOUT_MS = 30_000;
const FAILED_CALLS_SEEN = 3;

/** Two systems that tell the same facts through a tap, a third that tells them straight to the broker, and what subscribers heard of each. */
export async function runFaithfully(options: FaithfulRunOptions): Promise<FaithfulResult> {
  const broker = await startRealtime({ host: "127.0.0.1", port: 0, apps: [REAL_APP, DIRECT_APP] });
  const dataDir = await mkdtemp(join(tmpdir(), "parallax-faithful-"));
  const run = new Run(options, broker, dataDir);
  try {
    await run.start();
    await run.play();
    return await run.result();
  } finally {
    await run.stop();
    await broker.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

class Run {
  readonly #options: FaithfulRunOptions;
  readonly #broker: Realtime;
  readonly #dataDir: string;
  readonly #gate = new Gate();
  readonly #phases: readonly (readonly Lane[])[];
  #shadow: ShadowForTests | undefined;
  #tapPort = 0;
  #tellers: Readonly<Record<"legacy" | "nest" | "direct", Teller>> | undefined;
  #listeners: Readonly<Record<"tap" | "direct" | "restless", Listener>> | undefined;
  #owner: "legacy" | "nest" = "legacy";
  #burstsTold = 0;

  constructor(options: FaithfulRunOptions, broker: Realtime, dataDir: string) {
    const { facts, lanes, seed } = options;
    this.#options = options;
    this.#broker = broker;
    this.#dataDir = dataDir;
    this.#phases = [0, 1].map((phase) => planFacts({ count: facts / 2, lanes, seed: seed * 2 + phase }));
  }

  async start(): Promise<void> {
    await this.#startTap();
    const { seed } = this.#options;
    const teller = (app: typeof REAL_APP, port: number, parity: 0 | 1): Teller => ({
      client: createEmitter(app, port, CALL_TIMEOUT_MS),
      gate: this.#gate,
      parity,
      random: createRandom(seed * 10 + Number(app.id)),
      tally: { taken: 0, failed: 0 },
    });
    this.#tellers = {
      legacy: teller(LEGACY_APP, this.#tapPort, 0),
      nest: teller(NEST_APP, this.#tapPort, 1),
      direct: teller(DIRECT_APP, this.#broker.port, 0),
    };
    const channels = [...new Set(this.#facts.flatMap((fact) => fact.channels))];
    const [tap, direct, restless] = await Promise.all([REAL_APP, DIRECT_APP, REAL_APP].map((app) => listen(this.#broker.port, app, channels)));
    if (tap !== undefined && direct !== undefined && restless !== undefined) this.#listeners = { tap, direct, restless };
  }

  async play(): Promise<void> {
    await this.#playPhase(0);
    await this.#flip();
    await this.#playPhase(1);
    await this.#everythingHeard();
  }

  async result(): Promise<FaithfulResult> {
    const { shadow, tellers, listeners } = this.#parts;
    let ledgers: readonly EmissionLedger[] = [];
    const isSettled = async (): Promise<boolean> => {
      ledgers = (await shadow.summary()).emissions.map(({ ledger }) => ledger);
      return ledgers.every(({ pending }) => pending === 0);
    };
    if (!(await waitUntil(isSettled, this.#options.windowMs + ARRIVAL_TIMEOUT_MS, 250)))
      throw new Error(`emissions are still pending: ${JSON.stringify(sumLedgers(ledgers))}`);
    const { drifts } = await shadow.summary();
    const parities = listeners.tap.subscriber.heard.map(({ data }) => (data as { timestamp: number }).timestamp % 2);
    const nest = parities.filter((parity) => parity === 1).length;
    return {
      told: this.#facts.reduce((sum, { channels }) => sum + channels.length, 0),
      throughTap: compareHeard(listeners.tap.subscriber.heard, this.#facts),
      direct: compareHeard(listeners.direct.subscriber.heard, this.#facts),
      restless: compareHeard(listeners.restless.subscriber.heard, this.#facts),
      heardFrom: { legacy: parities.length - nest, nest },
      failedCalls: { legacy: tellers.legacy.tally.failed, nest: tellers.nest.tally.failed, direct: tellers.direct.tally.failed },
      ledger: sumLedgers(ledgers),
      drifts: drifts.map(({ kind, endpoint, path, count }) => `${kind} ${endpoint} ${path} ${count}`),
    };
  }

  async stop(): Promise<void> {
    for (const { subscriber } of Object.values(this.#listeners ?? {})) subscriber.leave();
    await this.#shadow?.stop();
  }

  get #facts(): readonly Fact[] {
    return this.#phases.flat().flatMap(({ bursts }) => bursts.flat());
  }

  get #parts() {
    if (this.#shadow === undefined || this.#tellers === undefined || this.#listeners === undefined) throw new Error("not started");
    return { shadow: this.#shadow, tellers: this.#tellers, listeners: this.#listeners };
  }

  async #startTap(): Promise<void> {
    const { mode, windowMs, storeUrl } = this.#options;
    this.#shadow = await startShadow({
      legacyUrl: NOBODY,
      candidateUrl: NOBODY,
      storeUrl,
      dataDir: this.#dataDir,
      yaml: JSON.stringify({ extends: "whatsapp", emissions: { mode, windowMs, lateMs: windowMs } }),
      tap: {
        port: this.#tapPort,
        apps: { legacy: LEGACY_APP, nest: NEST_APP },
        target: { origin: `http://127.0.0.1:${this.#broker.port}`, app: REAL_APP },
      },
    });
    this.#tapPort = this.#shadow.tapPort;
  }

  async #playPhase(phase: 0 | 1): Promise<void> {
    const lanes = this.#phases[phase] ?? [];
    const bursts = lanes.reduce((sum, lane) => sum + lane.bursts.length, 0);
    this.#burstsTold = 0;
    await Promise.all([...lanes.map((lane, index) => this.#playLane(lane, index)), this.#disturb(this.#options.disturbances[phase], bursts)]);
  }

  async #playLane({ bursts }: Lane, index: number): Promise<void> {
    const { legacy, nest, direct } = this.#parts.tellers;
    const single = index % 2 === 0 ? legacy : nest;
    const tellers = this.#options.mode === "dual-writer" ? [legacy, nest, direct] : [single, direct];
    for (const burst of bursts) {
      await Promise.all(tellers.map((teller) => tell(burst, teller)));
      this.#burstsTold += 1;
    }
  }

  async #disturb(disturbances: readonly Disturbance[], bursts: number): Promise<void> {
    for (const [index, disturbance] of disturbances.entries()) {
      const due = ((index + 1) * bursts) / (disturbances.length + 1);
      if (!(await waitUntil(() => this.#burstsTold >= due, PROGRESS_TIMEOUT_MS))) throw new Error(`no ${disturbance}: the traffic stands still`);
      await this.#cause(disturbance);
    }
  }

  async #cause(disturbance: Disturbance): Promise<void> {
    const { shadow, tellers, listeners } = this.#parts;
    switch (disturbance) {
      case "listener":
        return comeAgain(listeners.restless);
      case "tap restart":
        await shadow.stop();
        return this.#startTap();
      case "network drop": {
        await this.#quiet();
        const isBack = watchReturn(Object.values(listeners));
        this.#broker.dropConnections("abruptly");
        await isBack();
        return this.#gate.open();
      }
      case "broker restart": {
        await this.#quiet();
        const isBack = watchReturn(Object.values(listeners));
        await this.#broker.goDown();
        const [one, other] = [this.#owning.tally, tellers.direct.tally];
        const [before, otherBefore] = [one.failed, other.failed];
        this.#gate.open();
        const isNoticed = (): boolean => one.failed >= before + FAILED_CALLS_SEEN && other.failed >= otherBefore + FAILED_CALLS_SEEN;
        if (!(await waitUntil(isNoticed, ARRIVAL_TIMEOUT_MS))) throw new Error("emitters did not notice that the broker is down");
        await this.#gate.close();
        await this.#broker.comeBack();
        if (this.#options.isHurried) for (const { subscriber } of Object.values(listeners)) tryAtOnce(subscriber);
        await isBack();
        return this.#gate.open();
      }
    }
  }

  /** Who tells through the tap, and is heard. */
  get #owning(): Teller {
    return this.#parts.tellers[this.#owner];
  }

  /**
   * Nobody tells anything, and what was told is heard. Without it a subscriber misses what is told while it is away: the
   * protocol keeps nothing, with or without a tap.
   */
  async #quiet(): Promise<void> {
    await this.#gate.close();
    await this.#everythingHeard();
  }

  async #everythingHeard(): Promise<void> {
    const { tellers, listeners } = this.#parts;
    const isDual = this.#options.mode === "dual-writer";
    const told = (): number => (isDual ? this.#owning.tally.taken : tellers.legacy.tally.taken + tellers.nest.tally.taken);
    const isHeard = (): boolean =>
      listeners.tap.subscriber.heard.length >= told() && listeners.direct.subscriber.heard.length >= tellers.direct.tally.taken;
    if (await waitUntil(isHeard, ARRIVAL_TIMEOUT_MS)) return;
    const counts = {
      tap: [listeners.tap.subscriber.heard.length, told()],
      direct: [listeners.direct.subscriber.heard.length, tellers.direct.tally.taken],
    };
    throw new Error(`heard and told: ${JSON.stringify(counts)}`);
  }

  /** All families to nest. */
  async #flip(): Promise<void> {
    const { shadow } = this.#parts;
    const read = async () => ((await (await shadow.ops("/api/cutover")).json()) as { families: { family: string; stage: string }[] }).families;
    for (const { family } of await read()) {
      if ((await read()).find((each) => each.family === family)?.stage === "nest") continue; // it went with another
      const body = JSON.stringify({ stage: "nest", reason: "faithful run", override: true });
      const answer = await shadow.ops(`/api/cutover/${family}`, { method: "PUT", body });
      if (!answer.ok) throw new Error(`${family} does not flip: ${answer.status} ${await answer.text()}`);
    }
    this.#owner = "nest";
  }
}

/** The client waits 15 s after a connection was refused. */
function tryAtOnce({ client }: Subscriber): void {
  client.disconnect();
  client.connect();
}
