import { expect, it } from "vitest";
import { selfTestCases } from "../core/self-test-cases.ts";
import { DRIFT_KINDS } from "../core/types.ts";
import { decide } from "./comparator.ts";
import { runSelfTest } from "./self-test.ts";

const EMISSION_KINDS = new Set(["missing-emission", "extra-emission", "duplicate-emission", "reordered-emission", "late-emission", "channel"]);

it("catches every case with the stage as it is", async () => {
  const of = selfTestCases().length;
  expect(await runSelfTest(decide, 0)).toEqual({ caught: of, of, at: "1970-01-01T00:00:00.000Z", missed: [] });
});

it("has a case for every kind of drift that an answer over HTTP can show", () => {
  const covered = selfTestCases().flatMap(({ expected }) => expected.drifts.map((drift) => drift.split(" ", 1)[0]));
  expect(DRIFT_KINDS.filter((kind) => !EMISSION_KINDS.has(kind) && !covered.includes(kind))).toEqual([]);
});

it("names what a stage misses that calls everything a match", async () => {
  const { caught, of, missed } = await runSelfTest((exchange, endpoint, parts) => decide(exchange, { ...endpoint, spec: BLIND }, parts), 0);
  expect(caught).toBeLessThan(of);
  expect(missed).toContain("value-change: equivalent");
});

it("names what a stage makes up that has forgotten the rules, and one that does not read again", async () => {
  const strict = await runSelfTest((exchange, endpoint, parts) => decide(exchange, { ...endpoint, spec: { ...endpoint.spec, rules: [] } }, parts), 0);
  expect(strict.missed).toContain("an ignored field: drift, value-change $.at");
  const hasty = await runSelfTest((exchange, endpoint, parts) => decide(exchange, { ...endpoint, mirror: { sample: 1, reRead: false } }, parts), 0);
  expect(hasty.missed).toContain("a change between the reads: notComparable");
});

it("names the failure of a stage that throws", async () => {
  const { caught, missed } = await runSelfTest(() => Promise.reject(new Error("broken")), 0);
  expect(caught).toBe(0);
  expect(missed[0]).toBe("missing-field: broken");
});

const BLIND = {
  lists: [],
  headers: [],
  rules: [{ as: "ignore" as const, owner: "test", reason: "test", pattern: { text: "$", root: "body" as const, tokens: [] } }],
};
