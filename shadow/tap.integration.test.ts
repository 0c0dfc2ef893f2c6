import { createHash, createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitUntil } from "../lib/processes.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { startRealtimeRecorder, type RealtimeRecorder } from "../testing/realtime-recorder.ts";
import type { RealtimeApp } from "./emissions/pusher-signature.ts";
import { createEmitter, LEGACY_APP, NEST_APP, REAL_APP } from "./testing/emitters.ts";
import { startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

let database: TestDatabase;
let broker: RealtimeRecorder;
let shadow: ShadowForTests;
let dataDir: string;

const EVENTS = { fact: { family: "facts", key: ["id"] } };
const NOBODY = "http://127.0.0.1:9";

async function start(
  mode: "single-writer" | "dual-writer",
  options: { readonly port?: number; readonly candidateUrl?: string; readonly windowMs?: number } = {},
): Promise<void> {
  const { port = broker.port, candidateUrl = NOBODY, windowMs = 3_000 } = options;
  shadow = await startShadow({
    legacyUrl: NOBODY,
    candidateUrl,
    storeUrl: database.url,
    dataDir,
    yaml: JSON.stringify({ families: { facts: {} }, emissions: { mode, windowMs, lateMs: windowMs, events: EVENTS } }),
    tap: { port: 0, apps: { legacy: LEGACY_APP, nest: NEST_APP }, target: { origin: `http://127.0.0.1:${port}`, app: REAL_APP } },
  });
}

beforeEach(async () => {
  database = await createTestDatabase("parallax");
  dataDir = await mkdtemp(join(tmpdir(), "parallax-tap-"));
  broker = await startRealtimeRecorder([REAL_APP]);
});
afterEach(async () => {
  await shadow.stop();
  await broker.close();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const heard = (): readonly unknown[] => broker.emissionsOf(REAL_APP).map(({ channels, data }) => [channels.join("+"), (data as { id: string }).id]);
const emitter = (app: RealtimeApp) => createEmitter(app, shadow.tapPort);

/** A call as the official client would sign it, with parts of it replaced. */
function signedCall(body: string, changes: Changes = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${shadow.tapPort}${signedPath(body, changes)}`, { method: "POST", body });
}

type Changes = { app?: RealtimeApp; path?: string; at?: number; secret?: string; md5?: string };

function signedPath(body: string, changes: Changes = {}): string {
  const { app = LEGACY_APP, path = "/events", at = Date.now(), secret = app.secret } = changes;
  const md5 = changes.md5 ?? createHash("md5").update(body).digest("hex");
  const query = `auth_key=${app.key}&auth_timestamp=${Math.floor(at / 1000)}&auth_version=1.0&body_md5=${md5}`;
  const full = `/apps/${app.id}${path}`;
  const signature = createHmac("sha256", secret).update(`POST\n${full}\n${query}`).digest("hex");
  return `${full}?${query}&auth_signature=${signature}`;
}

const trigger = (data: unknown): string => JSON.stringify({ name: "fact", channels: ["private-a.1"], data: JSON.stringify(data) });

describe("in single-writer mode", () => {
  it("every emission goes on, whoever made it, and emitters get the real server's answer", async () => {
    await start("single-writer");
    expect((await emitter(LEGACY_APP).trigger("private-a.1", "fact", { id: "one" })).status).toBe(200);
    expect((await emitter(NEST_APP).triggerBatch([{ channel: "private-a.2", name: "fact", data: { id: "two" } }])).status).toBe(200);
    expect(heard()).toEqual([
      ["private-a.1", "one"],
      ["private-a.2", "two"],
    ]);
    expect(broker.refused).toEqual([]);
    broker.misbehave({ status: 413 });
    await expect(emitter(LEGACY_APP).trigger("private-a.1", "fact", { id: "three" })).rejects.toMatchObject({ status: 413 });
  });

  it("an emitter hears that the real server is down, and that it is back", async () => {
    await start("single-writer");
    await broker.close();
    await expect(emitter(LEGACY_APP).trigger("private-a.1", "fact", { id: "one" })).rejects.toMatchObject({ status: 502 });
    expect((await (await fetch(`${shadow.opsUrl}/metrics`)).text()).includes('parallax_tap_calls_total{system="legacy",result="failed"} 1')).toBe(
      true,
    );
    broker = await startRealtimeRecorder([REAL_APP]);
  });

  it("emissions of one channel that come at once go on one after the other, in their order", async () => {
    await start("single-writer");
    broker.misbehave({ delayMs: 20 });
    const client = new Client(`http://127.0.0.1:${shadow.tapPort}`, { pipelining: 10 }); // one connection: they arrive in this order
    const bodies = Array.from({ length: 10 }, (_, index) => trigger({ id: String(index) }));
    await Promise.all(
      bodies.map((body) => client.request({ method: "POST", path: signedPath(body), body, idempotent: true }).then((answer) => answer.body.text())),
    );
    await client.close();
    expect(heard()).toEqual(Array.from({ length: 10 }, (_, index) => ["private-a.1", String(index)]));
  });

  it.each<[string, () => Promise<Response>, [number, string, string]]>([
    ["a wrong secret", () => signedCall(trigger({}), { secret: "guessed" }), [401, "legacy", "unauthorized"]],
    ["another body than was signed", () => signedCall(trigger({}), { md5: "0".repeat(32) }), [401, "legacy", "unauthorized"]],
    ["an app nobody knows", () => signedCall(trigger({}), { app: { ...LEGACY_APP, id: "9" } }), [404, "unknown", "unknown app"]],
    ["a time long past", () => signedCall(trigger({}), { at: Date.now() - 700_000 }), [401, "legacy", "unauthorized"]],
    ["a payload of 101 KB", () => signedCall(trigger({ text: "x".repeat(101 * 1024) })), [413, "legacy", "too large"]],
    ["a body that is no JSON", () => signedCall('{"name":"fact"'), [400, "legacy", "malformed"]],
    ["an event without a channel", () => signedCall('{"name":"fact","data":"{}"}'), [400, "legacy", "malformed"]],
    [
      "a batch of eleven",
      () =>
        signedCall(JSON.stringify({ batch: Array.from({ length: 11 }, () => ({ name: "fact", channel: "a", data: "{}" })) }), {
          path: "/batch_events",
        }),
      [400, "legacy", "malformed"],
    ],
  ])("%s is refused in the protocol's way, counted, and goes nowhere", async (_name, call, [status, system, result]) => {
    await start("single-writer");
    const answer = await call();
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code: status, error: expect.any(String) as string });
    expect(heard()).toEqual([]);
    expect(broker.refused).toEqual([]);
    const metrics = await (await fetch(`${shadow.opsUrl}/metrics`)).text();
    expect(metrics).toContain(`parallax_tap_calls_total{system="${system}",result="${result}"} 1`);
    expect((await shadow.summary()).emissions.reduce((sum, { ledger }) => sum + ledger.pending, 0)).toBe(0);
  });
});

describe("in dual-writer mode", () => {
  const flip = async (stage: string): Promise<void> => {
    const answer = await shadow.ops("/api/cutover/facts", { method: "PUT", body: JSON.stringify({ stage, reason: "test", override: true }) });
    expect(answer.status).toBe(200);
  };

  it("only the owner's emissions go on, before and after a flip, and no fact between them is lost or doubled", async () => {
    await start("dual-writer", { windowMs: 30_000 });
    const emit = (app: RealtimeApp, id: string) => emitter(app).trigger(`private-a.${id.length}`, "fact", { id });
    await emit(LEGACY_APP, "before");
    await emit(NEST_APP, "before");
    await emit(LEGACY_APP, "legacy saw it first");
    await emit(NEST_APP, "nest first");
    await flip("nest");
    await emit(NEST_APP, "legacy saw it first");
    await emit(LEGACY_APP, "nest first");
    await emit(LEGACY_APP, "after");
    await emit(NEST_APP, "after");
    expect(heard().map((each) => (each as string[])[1])).toEqual(["before", "legacy saw it first", "nest first", "after"]);
    const { emissions, drifts } = await shadow.summary();
    expect(emissions.find(({ event }) => event === "fact")?.ledger).toMatchObject({ captured: 4, matched: 4, drift: 0 });
    expect(drifts).toEqual([]);
  });

  it("of a batch the owner's part goes on", async () => {
    await start("dual-writer");
    const batch = ["one", "two"].map((id) => ({ channel: "private-a.1", name: "fact", data: { id } }));
    await emitter(NEST_APP).triggerBatch(batch.slice(0, 1));
    await flip("nest");
    await emitter(NEST_APP).triggerBatch(["one", "two"].map((id) => ({ channel: "private-a.1", name: "fact", data: { id } })));
    await emitter(LEGACY_APP).triggerBatch(["one", "two"].map((id) => ({ channel: "private-a.1", name: "fact", data: { id } })));
    expect(heard().map((each) => (each as string[])[1])).toEqual(["one", "two", "one"]);
  });

  it("an emission that is tried again is one emission", async () => {
    await start("dual-writer");
    broker.misbehave({ status: 503 });
    await expect(emitter(LEGACY_APP).trigger("private-a.1", "fact", { id: "again", timestamp: 1 })).rejects.toMatchObject({ status: 503 });
    await emitter(NEST_APP).trigger("private-a.1", "fact", { id: "again", timestamp: 2 });
    broker.misbehave({});
    await emitter(LEGACY_APP).trigger("private-a.1", "fact", { id: "again", timestamp: 3 });
    expect(heard()).toEqual([["private-a.1", "again"]]);
    await sleep(3_500); // a second emission would be alone after the window
    const { emissions, drifts } = await shadow.summary();
    expect(drifts).toEqual([]);
    expect(emissions.find(({ event }) => event === "fact")?.ledger.pending).toBe(0);
  });

  it("an emitter that falls behind while the real server is down longer than the window raises no alarm", async () => {
    await start("dual-writer", { windowMs: 2_000 });
    broker.misbehave({ status: 503 });
    await emitter(NEST_APP).trigger("private-a.1", "fact", { id: "behind" });
    const ledgerNow = async () => (await shadow.summary()).emissions.find(({ event }) => event === "fact")?.ledger;
    const isGivenUp = async (): Promise<boolean> => {
      await expect(emitter(LEGACY_APP).trigger("private-a.1", "fact", { id: "stuck" })).rejects.toMatchObject({ status: 503 });
      return ((await ledgerNow())?.shed ?? 0) > 0; // nest's, whose partner did not come within the window
    };
    expect(await waitUntil(isGivenUp, 15_000, 100)).toBe(true);
    broker.misbehave({});
    for (const id of ["stuck", "behind"]) await emitter(LEGACY_APP).trigger("private-a.1", "fact", { id });
    await emitter(NEST_APP).trigger("private-a.1", "fact", { id: "stuck" });
    expect(await waitUntil(async () => (await ledgerNow())?.pending === 0, 15_000)).toBe(true);
    expect((await shadow.summary()).drifts).toEqual([]);
    expect(await ledgerNow()).toMatchObject({ missing: 0, extra: 0 });
    expect(heard().map((each) => (each as string[])[1])).toEqual(["stuck", "behind"]);
  });

  it("what was captured before a restart raises no alarm after it", async () => {
    await start("dual-writer");
    await emitter(LEGACY_APP).trigger("private-a.1", "fact", { id: "over" });
    await shadow.stop();
    await start("dual-writer");
    await emitter(NEST_APP).trigger("private-a.1", "fact", { id: "over" });
    const settled = (): Promise<boolean> => shadow.summary().then(({ emissions }) => emissions.every(({ ledger }) => ledger.pending === 0));
    expect(await waitUntil(settled, 15_000)).toBe(true);
    const { drifts } = await shadow.summary();
    expect(drifts).toEqual([]);
  });
});
