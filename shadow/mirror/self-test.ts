import { messageOf } from "../../lib/errors.ts";
import { Budget } from "../core/budget.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { Exchange } from "../core/exchange.ts";
import { observationOf, selfTestCases, type SelfTestCase } from "../core/self-test-cases.ts";
import type { SelfTestReport } from "../core/summary/report.ts";
import type { System } from "../core/types.ts";
import { Volatility } from "../core/volatility.ts";
import { WriteClock } from "../core/write-clock.ts";
import { WriteExcuses } from "../core/write-excuses.ts";
import type { decide, ComparatorParts } from "./comparator.ts";
import { IdMemory } from "../core/id-memory.ts";

/**
 * The detector tested while it serves: known pairs go through the very stage that judges real ones, with a memory of their
 * own, and never into the counts. What it says is wrong when the stage has lost a kind of drift, or sees drift in noise.
 */
export async function runSelfTest(stage: typeof decide, nowMs: number): Promise<SelfTestReport> {
  const cases = selfTestCases();
  const missed: string[] = [];
  for (const each of cases) {
    const found = await judgeCase(stage, each);
    if (found !== describe(each.expected.outcome, each.expected.drifts)) missed.push(`${each.name}: ${found}`);
  }
  return { caught: cases.length - missed.length, of: cases.length, at: new Date(nowMs).toISOString(), missed };
}

/** What the stage says of a case, or how it failed. */
async function judgeCase(stage: typeof decide, each: SelfTestCase): Promise<string> {
  const reads: Record<System, number> = { legacy: 0, nest: 0 };
  const answer = (system: System): ReturnType<typeof observationOf> => observationOf(each[system]((reads[system] += 1) - 1), system);
  const parts = createParts(({ system }) => Promise.resolve({ kind: "answered", observation: answer(system) }));
  const endpoint: Endpoint = { ...ENDPOINT, spec: each.spec };
  try {
    let said = "";
    for (let request = 0; request < each.requests; request += 1) {
      const { outcome, drifts } = await stage({ ...EXCHANGE, primary: answer("legacy"), startedAtMs: Date.now() }, endpoint, parts);
      said = describe(
        outcome,
        drifts.map(({ difference, isIntermittent }) => `${difference.kind} ${difference.path}${isIntermittent ? " intermittent" : ""}`),
      );
    }
    return said;
  } catch (error) {
    return messageOf(error);
  }
}

function describe(outcome: string, drifts: readonly string[]): string {
  return [outcome, ...drifts].join(", ");
}

const ENDPOINT: Endpoint = {
  id: "self-test",
  family: "self-test",
  class: "read",
  match: [{ method: "GET", path: "/self-test" }],
  mirror: { sample: 1, reRead: true },
  capture: { maxBytes: 1_048_576 },
  spec: { lists: [], rules: [], headers: [] },
};

const EXCHANGE: Omit<Exchange, "primary" | "startedAtMs"> = {
  id: "self-test",
  endpointId: "self-test",
  stage: "shadow",
  candidate: "nest",
  request: { method: "GET", target: "/self-test", candidateTarget: "/self-test" },
  headers: [],
  minuteMs: 0,
};

const RE_READS = 1_000;

function createParts(ask: ComparatorParts["asker"]["ask"]): ComparatorParts {
  return {
    asker: { ask },
    volatility: new Volatility(),
    clock: new WriteClock(),
    excuses: new WriteExcuses(),
    budget: new Budget(RE_READS),
    ids: new IdMemory(),
    subject: { tenant: "tenantId", user: "sub", role: "role", cookies: [] },
    urls: { legacy: "http://legacy.invalid", nest: "http://nest.invalid" },
  };
}
