import type { CompareSpec, Rule } from "./rules.ts";
import { parsePattern } from "./path-pattern.ts";
import type { Body, DriftKind, HeaderList, Observation, Outcome, System } from "./types.ts";

/** One answer of a synthetic case. */
type Told = { readonly status?: number; readonly headers?: HeaderList; readonly body: unknown };

/** Answers that are known to drift, or known not to. */
export type SelfTestCase = {
  readonly name: string;
  /** What both systems answer to the n-th read of each: 0 is the first, 1 the re-read, and so on. */
  readonly legacy: (read: number) => Told;
  readonly nest: (read: number) => Told;
  /** How often the same request is made; what the last one shows counts. */
  readonly requests: number;
  readonly spec: CompareSpec;
  readonly expected: { readonly outcome: Outcome; readonly drifts: readonly string[] };
};

const JSON_TYPE = "application/json";
const PLAIN: CompareSpec = { lists: [], rules: [], headers: ["content-type", "cache-control"] };
const FROZEN_AFTER = 5;

const ROWS = [
  { id: "one", name: "first", status: "OPEN", at: "2025-11-20T10:07:20.000Z" },
  { id: "two", name: "second", status: "CLOSED", at: "2025-11-20T10:07:21.000Z" },
  { id: "three", name: "third", status: "OPEN", at: "2025-11-20T10:07:22.000Z" },
];
const BASE = { total: 3, cursor: null, rows: ROWS };

/** One case for every kind of drift that an answer over HTTP can show, and for every reason that is none. */
export function selfTestCases(): SelfTestCase[] {
  const row = (change: (first: (typeof ROWS)[0]) => object): unknown => ({ ...BASE, rows: [change(ROWS[0] as (typeof ROWS)[0]), ...ROWS.slice(1)] });
  const without = ({ name: _name, ...rest }: (typeof ROWS)[0]): object => rest;
  return [
    drift("missing-field", "$.rows[*].name", row(without)),
    drift(
      "extra-field",
      "$.rows[*].more",
      row((first) => ({ ...first, more: 1 })),
    ),
    drift("null-vs-absent", "$.cursor", { total: 3, rows: ROWS }),
    drift("type-change", "$.total", { ...BASE, total: "3" }),
    drift(
      "format-change",
      "$.rows[*].at",
      row((first) => ({ ...first, at: "2025-11-20T10:07:20Z" })),
    ),
    drift(
      "value-change",
      "$.rows[*].status",
      row((first) => ({ ...first, status: "CLOSED" })),
    ),
    drift("order-change", "$.rows", { ...BASE, rows: ROWS.toReversed() }),
    drift("item-missing", "$.rows[*]", { ...BASE, rows: ROWS.slice(1) }),
    drift("item-extra", "$.rows[*]", { ...BASE, rows: [...ROWS, { ...ROWS[0], id: "four" }] }),
    answers("status-code", "@status", { status: 500, body: { error: "no" } }),
    answers("header", "@header.cache-control", { headers: [["cache-control", "no-store"]], body: BASE }),
    answers("content-type", "@header.content-type", { headers: [["content-type", `${JSON_TYPE}; charset=utf-16`]], body: BASE }),
    answers("unparsable", "@body", { body: new TextEncoder().encode('{"total":') }),
    ...bytesAndTime(),
    ...noise(),
  ];
}

function bytesAndTime(): SelfTestCase[] {
  const type: HeaderList = [["content-type", "text/vcard"]];
  const file = (text: string): Told => ({ headers: type, body: new TextEncoder().encode(text) });
  const moved = { status: 302, headers: [["location", "/sign-in"]] satisfies HeaderList, body: new Uint8Array(0) };
  return [
    { ...sameAlways("body-bytes", () => file("a\r\nb")), nest: () => file("a\nb"), expected: expectDrift("body-bytes", "@body") },
    {
      ...sameAlways("a redirect elsewhere", () => moved),
      nest: () => ({ ...moved, headers: [["location", "/elsewhere"]] }),
      expected: expectDrift("header", "@header.location"),
    },
    {
      ...sameAlways("frozen-value", (read) => ({ body: { seen: read } })),
      nest: () => ({ body: { seen: -1 } }),
      requests: FROZEN_AFTER,
      expected: expectDrift("frozen-value", "$.seen"),
    },
    {
      ...sameAlways("drift that comes and goes", () => ({ body: BASE })),
      nest: (read) => ({ body: read === 0 ? { ...BASE, total: 4 } : BASE }),
      expected: { outcome: "drift", drifts: ["value-change $.total intermittent"] },
    },
  ];
}

function noise(): SelfTestCase[] {
  const reversed = { rows: ROWS.toReversed(), cursor: null, total: 3.0 };
  return [
    { ...sameAlways("the same bytes", () => ({ body: BASE })), expected: expectNone("matched") },
    {
      ...sameAlways("another spelling", () => ({ body: BASE })),
      nest: () => ({ body: new TextEncoder().encode(JSON.stringify({ rows: ROWS, total: 3, cursor: null }, null, 2).replace("3,", "3.0,")) }),
      expected: expectNone("matched"),
    },
    {
      ...sameAlways("a value that is never the same", (read) => ({ body: { token: `t${read}` } })),
      nest: (read) => ({ body: { token: `u${read}` } }),
      expected: expectNone("noise"),
    },
    {
      ...sameAlways("a change between the reads", (read) => ({ body: { count: read === 0 ? 1 : 2 } })),
      nest: () => ({ body: { count: 2 } }),
      expected: expectNone("raced"),
    },
    {
      ...sameAlways("a declared set", () => ({ body: BASE })),
      nest: () => ({ body: reversed }),
      spec: withRule({ as: "set", path: "$.rows" }),
      expected: expectNone("equivalent"),
    },
    {
      ...sameAlways("ids that stand for each other", () => ({ body: { ref: "a" } })),
      nest: () => ({ body: { ref: "b" } }),
      spec: withRule({ as: "id-bijection", path: "$.ref" }),
      expected: expectNone("equivalent"),
    },
    {
      ...sameAlways("an ignored field", () => ({ body: { at: 1 } })),
      nest: () => ({ body: { at: 2 } }),
      spec: withRule({ as: "ignore", path: "$.at" }),
      expected: expectNone("equivalent"),
    },
  ];
}

const expectDrift = (kind: DriftKind, path: string): SelfTestCase["expected"] => ({ outcome: "drift", drifts: [`${kind} ${path}`] });
const expectNone = (outcome: Outcome): SelfTestCase["expected"] => ({ outcome, drifts: [] });

function sameAlways(name: string, told: (read: number) => Told): Omit<SelfTestCase, "expected"> {
  return { name, legacy: told, nest: told, requests: 1, spec: PLAIN };
}

function drift(kind: DriftKind, path: string, body: unknown): SelfTestCase {
  return answers(kind, path, { body });
}

function answers(kind: DriftKind, path: string, told: Told): SelfTestCase {
  return { ...sameAlways(kind, () => ({ body: BASE })), nest: () => told, expected: expectDrift(kind, path) };
}

function withRule({ as, path }: { readonly as: "set" | "id-bijection" | "ignore"; readonly path: string }): CompareSpec {
  const pattern = parsePattern(path);
  const rules: Rule[] = pattern === undefined ? [] : [{ as, pattern, owner: "parallax", reason: "self-test" }];
  return { ...PLAIN, rules };
}

/** An answer as the comparator sees one. */
export function observationOf({ status = 200, headers = [], body }: Told, system: System): Observation {
  const hasType = headers.some(([name]) => name === "content-type");
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
  const kept: Body = bytes.length === 0 ? { kind: "none" } : { kind: "bytes", bytes };
  return { system, status, headers: hasType ? headers : [["content-type", JSON_TYPE], ...headers], body: kept, tookMs: 1 };
}
