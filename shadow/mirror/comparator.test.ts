import { describe, expect, it } from "vitest";
import type { Endpoint } from "../core/endpoint.ts";
import type { Body } from "../core/types.ts";
import { parsePattern } from "../core/path-pattern.ts";
import { createParts, ENDPOINT, scriptReads, type FourReads, type Read } from "../testing/scripted-reads.ts";
import { decide, type Decision } from "./comparator.ts";

const json = (value: unknown): Read => ({ json: value });
const reads = (...values: readonly unknown[]): FourReads => values.map(json) as unknown as FourReads;
type Parts = ReturnType<typeof createParts>;

async function decideOn(
  four: FourReads,
  { parts = createParts(), endpoint = ENDPOINT }: { parts?: Parts; endpoint?: Endpoint } = {},
): Promise<Decision> {
  const { exchange, asker } = scriptReads(four);
  return decide(exchange, endpoint, { ...parts, asker });
}

const told = ({ outcome, reason, drifts }: Decision): string[] => [
  reason === undefined ? outcome : `${outcome} (${reason})`,
  ...drifts.map(({ difference, isIntermittent }) => `${difference.kind} ${difference.path}${isIntermittent ? " intermittent" : ""}`),
];

describe("four reads", () => {
  it.each<[string, FourReads, string[]]>([
    ["A′ = A, B′ = B", reads({ a: 1 }, { a: 2 }, { a: 1 }, { a: 2 }), ["drift", "value-change $.a"]],
    ["A′ = A, B′ is yet another", reads({ a: 1 }, { a: 2 }, { a: 1 }, { a: 3 }), ["drift", "value-change $.a"]],
    ["A′ = A, B′ = A", reads({ a: 1 }, { a: 2 }, { a: 1 }, { a: 1 }), ["drift", "value-change $.a intermittent"]],
    ["A′ = B", reads({ a: 1 }, { a: 2 }, { a: 2 }, { a: 2 }), ["raced"]],
    ["A′ = B′", reads({ a: 1 }, { a: 2 }, { a: 3 }, { a: 3 }), ["raced"]],
    ["all four differ", reads({ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }), ["noise"]],
    ["all four differ, in another type", reads({ a: "1" }, { a: 2 }, { a: "3" }, { a: 4 }), ["drift", "type-change $.a"]],
    ["all four differ, and nest lacks it", reads({ a: 1 }, {}, { a: 3 }, {}), ["drift", "missing-field $.a"]],
    ["one path drifts, another varies", reads({ a: 1, t: 1 }, { a: 2, t: 2 }, { a: 1, t: 3 }, { a: 2, t: 4 }), ["drift", "value-change $.a"]],
    ["one path races, another varies", reads({ a: 1, t: 1 }, { a: 2, t: 2 }, { a: 2, t: 3 }, { a: 2, t: 4 }), ["raced"]],
    ["a row without a key came", reads([{ a: 1 }], [{ b: 2 }, { a: 1 }], [{ b: 2 }, { a: 1 }], [{ b: 2 }, { a: 1 }]), ["raced"]],
    [
      "a row without a key came, and nest has one too many",
      reads([{ a: 1 }], [{ x: 0 }, { b: 2 }, { a: 1 }], [{ b: 2 }, { a: 1 }], [{ x: 0 }, { b: 2 }, { a: 1 }]),
      ["drift", "item-extra $[*]"],
    ],
    [
      "rows without a key, one field of which varies, in another type",
      reads([{ t: 1 }, { t: 2 }], [{ t: "1" }, { t: "2" }], [{ t: 3 }, { t: 4 }], [{ t: "3" }, { t: "4" }]),
      ["drift", "type-change $[*].t", "type-change $[*].t"],
    ],
  ])("%s", async (_title, four, expected) => {
    expect(told(await decideOn(four))).toEqual(expected);
  });

  it("are asked in order, and the last two only when the first two differ", async () => {
    const differing = scriptReads(reads({ a: 1 }, { a: 2 }, { a: 1 }, { a: 2 }));
    await decide(differing.exchange, ENDPOINT, { ...createParts(), asker: differing.asker });
    expect(differing.asked).toEqual(["nest", "legacy", "nest"]);
    const equal = scriptReads(reads({ a: 1 }, { a: 1 }));
    await decide(equal.exchange, ENDPOINT, { ...createParts(), asker: equal.asker });
    expect(equal.asked).toEqual(["nest"]);
  });
});

describe("a volatile value whose format varies by accident", () => {
  // Random tokens have only digits now and then: one read in forty of eight hex digits was drift for good.
  it.each<[string, unknown[], string[]]>([
    ["nest's first is digits", ["1a2b", "1234", "3c4d", "5e6f"], ["noise"]],
    ["nest's second is digits", ["1a2b", "5e6f", "3c4d", "1234"], ["noise"]],
    ["legacy's first is digits", ["1234", "1a2b", "3c4d", "5e6f"], ["noise"]],
    ["base64 that begins like a path", ["aGk=", "/9j/4AA=", "aGj=", "aGl="], ["noise"]],
    ["a number that passes by the times", [999_999_990, 1_763_632_860, 999_999_991, 999_999_992], ["noise"]],
    ["text here and digits there, both times", ["1a2b", "1234", "3c4d", "5678"], ["drift", "format-change $.t"]],
    ["seconds here and milliseconds there", [1_763_632_860, 1_763_632_860_000, 1_763_632_861, 1_763_632_861_000], ["drift", "format-change $.t"]],
    // A format that no accident makes is drift however seldom it shows: a time whose milliseconds are left out when they are zero.
    [
      "a time without milliseconds, once",
      ["2025-11-20T10:07:20.123Z", "2025-11-20T10:07:21Z", "2025-11-20T10:07:22.456Z", "2025-11-20T10:07:23.789Z"],
      ["drift", "format-change $.t"],
    ],
  ])("%s", async (_title, values, expected) => {
    expect(told(await decideOn(reads(...values.map((t) => ({ t })))))).toEqual(expected);
  });
});

describe("answers that could not be compared", () => {
  const digest = (sha256: string, encoding?: string): Body => ({
    kind: "digest",
    length: 9,
    sha256,
    ...(encoding === undefined ? {} : { encoding }),
  });
  const body = (of: Body, status = 200): Read => ({ status, body: of });

  it.each<[string, FourReads, string[]]>([
    ["JSON over the cap, of another hash", [body(digest("a")), body(digest("b"))], ["notComparable (JSON over the cap)"]],
    ["encoded bytes over the cap", [body(digest("a", "gzip")), body(digest("b", "gzip"))], ["overCap (content-encoding)"]],
    ["the same encoded bytes", [body(digest("a", "gzip")), body(digest("a", "gzip"))], ["matched"]],
    [
      "another status is drift beside it",
      [body(digest("a")), body(digest("b"), 201), body(digest("a")), body(digest("b"), 201)],
      ["drift", "status-code @status"],
    ],
    ["the candidate failed when asked again", [json({ a: 1 }), json({ a: 2 }), json({ a: 1 }), "timeout"], ["notComparable (re-read timeout)"]],
    ["the primary failed when asked again", [json({ a: 1 }), json({ a: 2 }), "failed"], ["notComparable (re-read failed)"]],
    // A field that nest lacks was drift, one with another value noise, though the primary had answered nothing to compare with.
    [
      "the primary answered an error when asked again",
      [json({ a: 1 }), json({}), { status: 503, body: { kind: "none" } }, json({})],
      ["notComparable (the primary answered otherwise)"],
    ],
    [
      "the primary grew over the cap meanwhile",
      [json({ a: 1 }), json({}), body(digest("a")), json({})],
      ["notComparable (the primary answered otherwise)"],
    ],
    ["no answer from the candidate", [json({}), "failed"], ["candidateError (refused)"]],
    ["none in time", [json({}), "timeout"], ["candidateTimeout"]],
  ])("%s", async (_title, four, expected) => {
    expect(told(await decideOn(four))).toEqual(expected);
  });
});

describe("what is known of a value", () => {
  let tick = 0;
  const next = (): number => (tick += 1);
  const varying = (): FourReads => reads({ t: next() }, { t: next() }, { t: next() }, { t: next() });
  const frozen = (): FourReads => reads({ t: next() }, { t: -1 }, { t: next() }, { t: -1 });

  it("is not asked for again once it was noise eight times in a row", async () => {
    const parts = createParts();
    for (let round = 0; round < 8; round += 1) expect(told(await decideOn(varying(), { parts }))).toEqual(["noise"]);
    const { exchange, asker, asked } = scriptReads(varying());
    expect(told(await decide(exchange, ENDPOINT, { ...parts, asker }))).toEqual(["noise"]);
    expect(asked).toEqual(["nest"]);
  });

  it("never covers another type or a lacking key", async () => {
    const parts = createParts();
    for (let round = 0; round < 8; round += 1) await decideOn(varying(), { parts });
    expect(told(await decideOn(reads({ t: next() }, {}, { t: next() }, {}), { parts }))).toEqual(["drift", "missing-field $.t"]);
    expect(told(await decideOn(reads({ t: next() }, { t: "x" }, { t: next() }, { t: "y" }), { parts }))).toEqual(["drift", "type-change $.t"]);
  });

  it("is drift from the fifth re-read on in which the primary moved and the candidate never did", async () => {
    const parts = createParts();
    for (let round = 0; round < 4; round += 1) expect(told(await decideOn(frozen(), { parts }))).toEqual(["noise"]);
    expect(told(await decideOn(frozen(), { parts }))).toEqual(["drift", "frozen-value $.t"]);
  });

  it("is never frozen while it varies on both sides, however often", async () => {
    const parts = createParts();
    for (let round = 0; round < 30; round += 1) expect(told(await decideOn(varying(), { parts }))).toEqual(["noise"]);
  });

  // Every race counted as "the primary moved, the candidate did not": after five, one noisy read made a stub of a live value.
  it("is not frozen because the candidate read behind the same change", async () => {
    const parts = createParts();
    for (let round = 0; round < 6; round += 1) {
      const changed = next();
      expect(told(await decideOn(reads({ t: next() }, { t: changed }, { t: changed }, { t: changed }), { parts }))).toEqual(["raced"]);
    }
    const still = next();
    expect(told(await decideOn(reads({ t: next() }, { t: still }, { t: next() }, { t: still }), { parts }))).toEqual(["noise"]);
  });
});

describe("a write between the reads", () => {
  const write = (parts: Parts, family = "contacts"): void => parts.clock.note({ tenant: undefined, family, atMs: Date.now() });
  /** A tenant that writes a hundred times a second, for longer than a test takes. */
  const writeAllDay = (parts: Parts): void => {
    for (let index = 0; index < 6_000; index += 1) parts.clock.note({ tenant: undefined, family: "contacts", atMs: Date.now() + index * 10 });
  };
  const drifting = reads({ a: 1 }, { a: 2 }, { a: 1 }, { a: 2 });

  it("makes a difference not comparable, one of another family does not", async () => {
    const parts = createParts();
    write(parts, "sessions");
    expect(told(await decideOn(drifting, { parts }))).toEqual(["drift", "value-change $.a"]);
    write(parts);
    expect(told(await decideOn(drifting, { parts }))).toEqual(["notComparable (written meanwhile)"]);
  });

  // A tenant that writes all day hid every drift of the family for ever.
  it("does not excuse a steady difference for ever", async () => {
    const parts = createParts();
    writeAllDay(parts);
    for (let round = 0; round < 8; round += 1) expect(told(await decideOn(drifting, { parts }))[0]).toBe("notComparable (written meanwhile)");
    expect(told(await decideOn(drifting, { parts }))).toEqual(["drift", "value-change $.a"]);
  });

  it("excuses for ever what comes and goes", async () => {
    const parts = createParts();
    writeAllDay(parts);
    for (let round = 0; round < 20; round += 1) {
      expect(told(await decideOn(drifting, { parts }))[0]).toBe("notComparable (written meanwhile)");
      expect(told(await decideOn(reads({ a: 1 }, { a: 1 }), { parts }))).toEqual(["matched"]);
    }
  });
});

describe("ids that stand for each other", () => {
  const pattern = parsePattern("$.id") ?? expect.fail("no pattern");
  const endpoint: Endpoint = { ...ENDPOINT, spec: { ...ENDPOINT.spec, rules: [{ as: "id-bijection", pattern, owner: "test", reason: "test" }] } };

  it("are remembered: another partner later is drift", async () => {
    const parts = createParts();
    expect(told(await decideOn(reads({ id: "a" }, { id: "x" }), { parts, endpoint }))).toEqual(["equivalent"]);
    const broken = reads({ id: "a" }, { id: "y" }, { id: "a" }, { id: "y" });
    expect(told(await decideOn(broken, { parts, endpoint }))).toEqual(["drift", "value-change $.id"]);
  });

  // The first partner was remembered whatever came of the comparison: one race, and every right pair was drift from then on.
  it("are not learned from a race", async () => {
    const parts = createParts();
    const raced = reads({ id: "a", n: 1 }, { id: "y", n: 2 }, { id: "b", n: 2 }, { id: "y", n: 2 });
    expect(told(await decideOn(raced, { parts, endpoint }))).toEqual(["raced"]);
    expect(told(await decideOn(reads({ id: "a" }, { id: "x" }), { parts, endpoint }))).toEqual(["equivalent"]);
  });
});

describe("what may not be asked again", () => {
  it("is not comparable where the endpoint forbids it, and where the budget is spent", async () => {
    const drifting = reads({ a: 1 }, { a: 2 }, { a: 1 }, { a: 2 });
    const endpoint: Endpoint = { ...ENDPOINT, mirror: { sample: 1, reRead: false } };
    expect(told(await decideOn(drifting, { endpoint }))).toEqual(["notComparable (re-read not allowed)"]);
    const parts = createParts();
    const spent = { ...parts, budget: { take: () => false } as unknown as Parts["budget"] };
    expect(told(await decideOn(drifting, { parts: spent }))).toEqual(["notComparable (re-read budget)"]);
  });
});
