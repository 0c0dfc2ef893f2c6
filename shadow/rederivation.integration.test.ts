import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitUntil } from "../lib/processes.ts";
import { HEADER, isRoleSignatureValid } from "../lib/wire.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { startUpstream, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import type { EmissionReport } from "./core/summary/report.ts";
import { createEmitter, LEGACY_APP, NEST_APP } from "./testing/emitters.ts";
import { SHADOW_SECRET, startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

type Asked = {
  readonly channels: readonly string[];
  readonly event: string;
  readonly data: { readonly id: string; readonly text: string };
  readonly emittedAt: number;
};

const PATH = "/api/internal/shadow/emissions";
const NOW = 1_790_000_000_000;
const AFTER = new Date(NOW + 1).toISOString();
const BEFORE = new Date(NOW).toISOString();

let database: TestDatabase;
let nest: ScriptedUpstream;
let shadow: ShadowForTests;
let asked: Asked[];
let unsigned: number;
/** How nest answers by the fact's id. */
let answers: (asked: Asked) => { readonly status: number; readonly body?: unknown };

beforeEach(async () => {
  database = await createTestDatabase("parallax");
  asked = [];
  unsigned = 0;
  nest = await startUpstream((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const signed = { method: request.method ?? "", target: request.url ?? "", body };
      if (!isRoleSignatureValid(String(request.headers[HEADER.signature]), signed, { secret: SHADOW_SECRET, nowMs: Date.now() })) unsigned += 1;
      const question = JSON.parse(body.toString()) as Asked;
      asked.push(question);
      const { status, body: reply } = answers(question);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(reply ?? {}));
    });
  });
});
afterEach(async () => {
  await shadow.stop();
  await nest.close();
  await database.drop();
});

async function start(stage: "legacy" | "shadow"): Promise<void> {
  shadow = await startShadow({
    legacyUrl: "http://127.0.0.1:9",
    candidateUrl: nest.url,
    storeUrl: database.url,
    yaml: JSON.stringify({
      families: { facts: { stage } },
      emissions: { events: { fact: { family: "facts", key: ["id"] } } },
      shadowing: { emissions: PATH },
    }),
    tap: { port: 0, apps: { legacy: LEGACY_APP, nest: NEST_APP }, target: undefined },
  });
}

const emit = (id: string, app = LEGACY_APP) =>
  createEmitter(app, shadow.tapPort).trigger("private-a.1", "fact", { id, text: `text of ${id}`, timestamp: NOW });

async function ledgerOf(count: number): Promise<EmissionReport["ledger"] | undefined> {
  let ledger: EmissionReport["ledger"] | undefined;
  const isDone = async (): Promise<boolean> => {
    ledger = (await shadow.summary()).emissions.find(({ event }) => event === "fact")?.ledger;
    return ledger?.captured === count && ledger.pending === 0;
  };
  expect(await waitUntil(isDone, 15_000)).toBe(true);
  return ledger;
}

const would = ({ channels, event, data, emittedAt }: Asked, change: object = {}, more: object = {}) => ({
  status: 200,
  body: {
    success: true,
    outcome: "derived",
    emission: { channels, event, data: { ...data, timestamp: emittedAt, ...change } },
    asOf: BEFORE,
    ...more,
  },
});

describe("an emission of legacy, held against what nest would have emitted", () => {
  it("is judged by nest's answer, and each ends in one counter", async () => {
    await start("shadow");
    answers = (question) => {
      switch (question.data.id) {
        case "other":
          return would(question, { text: "another" });
        case "newer":
          return would(question, { text: "another" }, { asOf: AFTER });
        case "elsewhere":
          return { status: 200, body: { outcome: "derived", emission: { channels: ["b.1"], event: "fact", data: question.data }, asOf: BEFORE } };
        case "unknown":
          return { status: 200, body: { success: true, outcome: "fact-not-found", emission: null, asOf: null } };
        case "superseded":
          return { status: 200, body: { success: true, outcome: "not-derivable", emission: null, asOf: null } };
        case "broken":
          return { status: 500 };
        default:
          return would(question);
      }
    };
    for (const id of ["same", "other", "newer", "elsewhere", "unknown", "superseded", "broken"]) await emit(id);
    await emit("own", NEST_APP);
    const ledger = await ledgerOf(8);
    expect(ledger).toMatchObject({ captured: 8, matched: 1, drift: 2, raced: 1, missing: 1, notDerivable: 2, shed: 1, extra: 0, duplicate: 0 });
    expect(unsigned).toBe(0);
    expect(asked).toHaveLength(7);
    expect(asked[0]).toEqual({
      channels: ["private-a.1"],
      event: "fact",
      data: { id: "same", text: "text of same", timestamp: NOW },
      emittedAt: NOW,
    });
    const { drifts } = await shadow.summary();
    expect(drifts.map(({ subject, endpoint, kind, path }) => `${subject} ${endpoint} ${kind} ${path}`).toSorted()).toEqual([
      "emission fact channel @channel",
      "emission fact missing-emission @emission",
      "emission fact value-change $.text",
    ]);
  });

  it("leaves no text, channel or name behind in what is stored of a drift", async () => {
    await start("shadow");
    answers = (question) => would(question, { text: "another" });
    await emit("secret");
    await ledgerOf(1);
    const { drifts } = await shadow.summary();
    const answer = await shadow.ops(`/api/drifts/${drifts[0]?.fingerprint ?? ""}`);
    const { exemplars } = (await answer.json()) as { exemplars: unknown[] };
    expect(exemplars).toHaveLength(1);
    expect(JSON.stringify(exemplars)).not.toMatch(/text of|another|private-a/);
  });

  it("tells what a rule on the event would have hidden", async () => {
    await start("shadow");
    answers = (question) => would(question, { text: "another" });
    await emit("one");
    await ledgerOf(1);
    const rule = { path: "$.text", as: "ignore", owner: "sre", reason: "test" };
    const answer = await shadow.ops("/api/rules/preview", { method: "POST", body: JSON.stringify({ endpoint: "fact", rule }) });
    expect(await answer.json()).toMatchObject({ hiddenDrifts: [{ kind: "value-change", path: "$.text" }] });
  });

  it("is not asked for again when nest does not offer it, and is no drift", async () => {
    await start("shadow");
    answers = () => ({ status: 404 });
    await emit("one");
    await ledgerOf(1);
    await emit("two");
    expect(await ledgerOf(2)).toMatchObject({ notDerivable: 2 });
    expect(asked).toHaveLength(1);
    expect((await shadow.summary()).drifts).toEqual([]);
  });

  it("is asked of nobody before stage shadow", async () => {
    await start("legacy");
    await emit("one");
    expect(await ledgerOf(1)).toMatchObject({ notDerivable: 1 });
    expect(asked).toEqual([]);
  });

  it("counts in the gate: parity is asked for once there is something to compare, and an open drift of an event fails it", async () => {
    await start("shadow");
    answers = (question) => would(question, question.data.id === "other" ? { text: "another" } : {});
    for (const id of ["one", "two", "other"]) await emit(id);
    await ledgerOf(3);
    const answer = await shadow.ops("/api/cutover/facts", { method: "PUT", body: JSON.stringify({ stage: "canary", percent: 5, reason: "test" }) });
    expect(answer.status).toBe(409);
    const text = await answer.text();
    expect(text).toContain("1 drift in 3 emissions");
    expect(text).toContain("fact value-change $.text");
  });
});
