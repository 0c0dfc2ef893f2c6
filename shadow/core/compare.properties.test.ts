import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createRedactor } from "../../lib/redact.ts";
import { annotated, diceOf, shuffle, spell, type Node } from "../testing/annotated-documents.ts";
import { bytesOf, document } from "../testing/json-documents.ts";
import { mutationOf } from "../testing/mutations.ts";
import { compare, type Comparison } from "./compare.ts";
import { parseJson } from "./json/parse-json.ts";
import { parsePattern, type PathPattern } from "./path-pattern.ts";
import type { CompareSpec } from "./rules.ts";
import { formatOf } from "./shape.ts";
import type { Body, HeaderList, Json, Observation } from "./types.ts";

const PLAIN: CompareSpec = { lists: [], rules: [], headers: ["content-type"] };
const JSON_TYPE: HeaderList = [["content-type", "application/json"]];
const seed = fc.integer();

const answer = (text: string, system: "legacy" | "nest" = "legacy"): Observation => ({
  system,
  status: 200,
  headers: JSON_TYPE,
  body: { kind: "bytes", bytes: bytesOf(text) },
  tookMs: 1,
});
const compareTexts = (legacy: string, nest: string, spec = PLAIN): Comparison =>
  compare({ legacy: answer(legacy), nest: answer(nest, "nest") }, { spec });
const findings = ({ differences }: Comparison): string[] => differences.map(({ kind, path }) => `${kind} ${path}`).toSorted();

const pattern = (text: string): PathPattern => {
  const parsed = parsePattern(text);
  if (parsed === undefined) throw new Error(`no pattern: ${text}`);
  return parsed;
};

/** Documents are many and the machine may be busy. */
const TIMEOUT_MS = 60_000;
vi.setConfig({ testTimeout: TIMEOUT_MS });

describe("the comparison", () => {
  it("finds nothing between two spellings of one document", () => {
    fc.assert(
      fc.property(annotated, seed, seed, (node, one, other) => {
        expect(compareTexts(spell(node, diceOf(one)), spell(node, diceOf(other)))).toMatchObject({ kind: "matched", differences: [] });
      }),
      { numRuns: 500 },
    );
  });

  it("finds nothing between a document and itself, whatever its keys and texts", () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(compareTexts(JSON.stringify(value), JSON.stringify(value, null, 2)).kind).toBe("matched");
      }),
    );
  });

  it("finds one change of a document, with its kind and path, and nothing else", () => {
    const changed = annotated.chain((node) => mutationOf(node).map((mutation) => ({ node, ...mutation })));
    fc.assert(
      fc.property(changed, seed, ({ node, mutated, expected }, dice) => {
        const found = compareTexts(spell(node, diceOf(dice)), spell(mutated, diceOf(dice + 1)));
        expect(findings(found)).toEqual(expected.map(({ kind, path }) => `${kind} ${path}`).toSorted());
        expect(found.kind).toBe(expected.length === 0 ? "matched" : "different");
      }),
      { numRuns: 1_500 },
    );
  });

  it("finds the same change the other way round, with missing and extra swapped", () => {
    const swapped: Readonly<Record<string, string>> = {
      "missing-field": "extra-field",
      "extra-field": "missing-field",
      "item-missing": "item-extra",
      "item-extra": "item-missing",
    };
    const changed = annotated.chain((node) => mutationOf(node).map((mutation) => ({ node, ...mutation })));
    fc.assert(
      fc.property(changed, seed, ({ node, mutated, expected }, dice) => {
        const found = compareTexts(spell(mutated, diceOf(dice)), spell(node, diceOf(dice + 1)));
        expect(findings(found)).toEqual(expected.map(({ kind, path }) => `${swapped[kind] ?? kind} ${path}`).toSorted());
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes the rows of a declared set, and of a list whose order is ignored, in any order", () => {
    const rows = fc.array(annotated, { maxLength: 6 });
    const asSet: CompareSpec = { ...PLAIN, rules: [{ as: "set", pattern: pattern("$.rows"), owner: "test", reason: "test" }] };
    const unordered: CompareSpec = { ...PLAIN, lists: [{ pattern: pattern("$.rows"), order: "ignore" }] };
    const list = (of: readonly Node[]): Node => ({ node: "object", members: [["rows", { node: "list", by: "place", rows: of }]] });
    fc.assert(
      fc.property(rows, seed, fc.constantFrom(asSet, unordered), (items, dice, spec) => {
        const found = compareTexts(spell(list(items), diceOf(dice)), spell(list(shuffle(items, diceOf(dice + 1))), diceOf(dice + 2)), spec);
        expect(found).toMatchObject({ differences: [] });
        expect(found.kind).not.toBe("different");
      }),
      { numRuns: 500 },
    );
  });

  it("sees a row of a declared set that only one side has", () => {
    const asSet: CompareSpec = { ...PLAIN, rules: [{ as: "set", pattern: pattern("$"), owner: "test", reason: "test" }] };
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(50), { minLength: 1, maxLength: 8 }), seed, (items, dice) => {
        const found = compareTexts(JSON.stringify(items), JSON.stringify(shuffle(items, diceOf(dice)).concat(99)), asSet);
        expect(findings(found)).toEqual(["item-extra $[*]"]);
      }),
    );
  });
});

describe("redaction", () => {
  const redactor = createRedactor({ key: "0123456789abcdef", classOf: formatOf });
  const redacted = (text: string): string => {
    const parsed = parseJson(bytesOf(text));
    if (!parsed.ok) throw new Error(parsed.reason);
    return JSON.stringify(redactor.json(parsed.value));
  };

  it("neither adds nor hides a change, nor makes another of it", () => {
    const changed = annotated.chain((node) => mutationOf(node).map(({ mutated }) => ({ node, mutated })));
    fc.assert(
      fc.property(changed, seed, ({ node, mutated }, dice) => {
        const [legacy, nest] = [spell(node, diceOf(dice)), spell(mutated, diceOf(dice + 1))];
        const kinds = (comparison: Comparison): string[] => comparison.differences.map(({ kind }) => kind).toSorted();
        expect(kinds(compareTexts(redacted(legacy), redacted(nest)))).toEqual(kinds(compareTexts(legacy, nest)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("keeps every kind and the number of differences between any two documents with plain keys", () => {
    fc.assert(
      fc.property(annotated, annotated, seed, (one, other, dice) => {
        const [legacy, nest] = [spell(one, diceOf(dice)), spell(other, diceOf(dice + 1))];
        const kinds = (comparison: Comparison): string[] => comparison.differences.map(({ kind }) => kind).toSorted();
        expect(kinds(compareTexts(redacted(legacy), redacted(nest)))).toEqual(kinds(compareTexts(legacy, nest)));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("letter case", () => {
  // A token's second half differs with the case of its text: it was called another value, where the raw texts differ in format only.
  it("is told from another value in redacted texts as in raw ones", () => {
    const redactor = createRedactor({ key: "0123456789abcdef", classOf: formatOf });
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,12} [a-z]{1,12}$/), fc.stringMatching(/^[a-z]{1,12} [a-z]{1,12}$/), (one, other) => {
        for (const [legacy, nest] of [
          [one, one.toUpperCase()],
          [one, other],
        ]) {
          const raw = compareTexts(JSON.stringify({ name: legacy }), JSON.stringify({ name: nest }));
          const redacted = compareTexts(JSON.stringify(redactor.json({ name: legacy })), JSON.stringify(redactor.json({ name: nest })));
          expect(findings(redacted)).toEqual(findings(raw));
        }
      }),
    );
  });
});

describe("whatever two systems answer", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    document.map((value) => bytesOf(JSON.stringify(value))),
    fc.constantFrom("{", "[[[[", '{"a":1,"a":2}', "\uFEFF{}", "\uFEFF[1]", "[".repeat(10_000), "").map(bytesOf),
  );
  const digest = { length: fc.nat(3), sha256: fc.constantFrom("a", "b") };
  const body: fc.Arbitrary<Body> = fc.oneof(
    fc.constant<Body>({ kind: "none" }),
    bytes.map((each): Body => ({ kind: "bytes", bytes: each })),
    fc.record({ kind: fc.constant("digest" as const), ...digest }),
    fc.record({ kind: fc.constant("digest" as const), ...digest, encoding: fc.constantFrom("gzip", "br") }),
    fc.record({ kind: fc.constant("corrupt" as const), ...digest }),
  );
  const header = fc.tuple(
    fc.constantFrom("content-type", "Content-Type", "location", "etag", "set-cookie", ""),
    fc.oneof(fc.string(), fc.constantFrom("application/json", "application/json; charset=utf-16", ";;=", "text/html", "//", "http://[", "/a?b#c")),
  );
  const observation = (system: "legacy" | "nest"): fc.Arbitrary<Observation> =>
    fc.record({
      system: fc.constant(system),
      status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom(200, 204, 301, 304, 404)),
      headers: fc.array(header, { maxLength: 4 }),
      body,
      tookMs: fc.constant(1),
    });
  const spec: CompareSpec = {
    lists: [{ pattern: pattern("$.**"), key: "id", order: "ignore" }],
    rules: [
      { as: "set", pattern: pattern("$.**.a"), owner: "test", reason: "test" },
      { as: "id-bijection", pattern: pattern("$.**.id"), owner: "test", reason: "test" },
      { as: "instant", toleranceMs: 1, pattern: pattern("$.**.b"), owner: "test", reason: "test" },
      { as: "number", tolerance: 1e308, pattern: pattern("$.**.c"), owner: "test", reason: "test" },
    ],
    headers: ["content-type", "location", "etag", "set-cookie"],
  };

  it("the comparator does not throw, and calls two bodies a match only when they are the same or the same JSON", () => {
    fc.assert(
      fc.property(observation("legacy"), observation("nest"), fc.constantFrom(PLAIN, spec), fc.boolean(), (legacy, nest, chosen, isBytesOnly) => {
        const { kind } = compare({ legacy, nest }, { spec: chosen, isBytesOnly });
        expect(kind !== "matched" || areAlike(legacy.body, nest.body)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it("finds as much when it is asked again", () => {
    fc.assert(
      fc.property(observation("legacy"), observation("nest"), (legacy, nest) => {
        const first = compare({ legacy, nest }, { spec });
        expect(findings(compare({ legacy, nest }, { spec, listKeys: first.listKeys }))).toEqual(findings(first));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** An oracle of its own: bytes, or values as the platform's parser reads them. */
function areAlike(one: Body, other: Body): boolean {
  const text = (each: Body): string => (each.kind === "bytes" ? Buffer.from(each.bytes).toString("latin1") : "");
  const isAtHand = (each: Body): boolean => each.kind === "bytes" || each.kind === "none";
  if (isAtHand(one) && isAtHand(other)) return text(one) === text(other) || sorted(text(one)) === sorted(text(other));
  return JSON.stringify(one) === JSON.stringify(other);
}

function sorted(latin1: string): string {
  const order = (value: Json): unknown => {
    if (Array.isArray(value)) return (value as Json[]).map(order);
    if (typeof value !== "object" || value === null) return value;
    return Object.entries(value as Record<string, Json>)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => [key, order(member)]);
  };
  const text = Buffer.from(latin1, "latin1").toString("utf8");
  return JSON.stringify(order(JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text) as Json));
}
