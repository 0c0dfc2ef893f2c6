import { describe, expect, it } from "vitest";
import { bytesOf } from "../testing/json-documents.ts";
import { compare, type Comparison, type CompareOptions } from "./compare.ts";
import { parsePattern, type PathPattern } from "./path-pattern.ts";
import type { CompareSpec, Rule } from "./rules.ts";
import type { Body, HeaderList, Observation, System } from "./types.ts";

const JSON_TYPE = "application/json";
type Answer = { readonly status?: number; readonly type?: string | null; readonly headers?: HeaderList; readonly body?: Body | string };

const observe = (system: System, { status = 200, type = JSON_TYPE, headers = [], body = "{}" }: Answer): Observation => ({
  system,
  status,
  headers: [...(type === null ? [] : [["content-type", type] as const]), ...headers],
  body: typeof body === "string" ? { kind: "bytes", bytes: bytesOf(body) } : body,
  tookMs: 1,
});
const SPEC: CompareSpec = { lists: [], rules: [], headers: ["content-type"] };
const compareAnswers = (legacy: Answer, nest: Answer, options: Partial<CompareOptions> = {}): Comparison =>
  compare({ legacy: observe("legacy", legacy), nest: observe("nest", nest) }, { spec: SPEC, ...options });
const found = ({ kind, differences }: Comparison): string[] => [kind, ...differences.map((each) => `${each.kind} ${each.path}`)];
const foundIn = (legacy: unknown, nest: unknown, spec: Partial<CompareSpec> = {}): string[] =>
  found(compareAnswers({ body: JSON.stringify(legacy) }, { body: JSON.stringify(nest) }, { spec: { ...SPEC, ...spec } }));

const at = (text: string): PathPattern => parsePattern(text) ?? expect.fail(`no pattern: ${text}`);
const common = { owner: "test", reason: "test" };

describe("rows without a key", () => {
  const rows = Array.from({ length: 1_000 }, (_, index) => ({ name: `row ${index}`, nested: { count: index, list: [index] } }));

  // Pairing by position made a difference of every field of every row below the inserted one.
  it.each([
    ["one inserted at the top of 1,000", [{ name: "new" }, ...rows], "item-extra $[*]"],
    ["one inserted in the middle", rows.toSpliced(500, 0, { name: "new" } as never), "item-extra $[*]"],
    ["one removed at the top", rows.slice(1), "item-missing $[*]"],
    ["the last one at the top", [rows.at(-1), ...rows.slice(0, -1)], "order-change $"],
    ["one changed", rows.with(7, { ...(rows[7] as (typeof rows)[0]), name: "changed" }), "value-change $[*].name"],
    ["one given twice", [rows[0], ...rows], "item-extra $[*]"],
  ])("%s is one difference", (_title, changed, expected) => {
    expect(foundIn(rows, changed)).toEqual(["different", expected]);
  });

  it("a row that changed is told from one that came, by its neighbours", () => {
    const legacy = [{ a: 1 }, { a: 2 }, { a: 3 }];
    expect(foundIn(legacy, [{ a: 0 }, { a: 1 }, { a: 2 }, { a: 3, b: 1 }])).toEqual(["different", "extra-field $[*].b", "item-extra $[*]"]);
  });

  it("lists of lists, flags and mixed rows find their equals too", () => {
    expect(foundIn([[1, 2], [3]], [["x"], [1, 2], [3]])).toEqual(["different", "item-extra $[*]"]);
    expect(foundIn([true, false, null], [false, true, false, null])).toEqual(["different", "item-extra $[*]"]);
    expect(foundIn([{ a: 1 }, "a", 1], [{ a: 1 }, 1])).toEqual(["different", "item-missing $[*]"]);
  });

  it("take linear time, also when none has a partner or all are reversed", () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ name: `row ${index}` }));
    const startedAtMs = performance.now();
    expect(foundIn(many, many.toReversed())).toEqual(["different", "order-change $"]);
    expect(foundIn(many, [])).toHaveLength(many.length + 1);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  });
});

describe("repeated rows", () => {
  // The n-th of a value was paired with the n-th: one more of it at the top was an order change as well.
  it("one more of a text at the top is one difference", () => {
    expect(foundIn(["a", "b", "c"], ["c", "a", "b", "c"])).toEqual(["different", "item-extra $[*]"]);
    expect(foundIn(["c", "a", "b", "c"], ["a", "b", "c"])).toEqual(["different", "item-missing $[*]"]);
  });

  it("a key that a row shares with another is one partner and one extra", () => {
    expect(foundIn([{ id: 1 }, { id: 2 }], [{ id: 2 }, { id: 1 }, { id: 2 }])).toEqual(["different", "item-extra $[*]"]);
  });
});

describe("values", () => {
  it.each([
    ["an empty list against null", { list: [] }, { list: null }, ["type-change $.list"]],
    ["an empty list against an absent one", { list: [] }, {}, ["missing-field $.list"]],
    [
      "a map keyed by ids",
      { byJid: { "1@lid": { a: 1 }, "2@lid": { a: 1 } } },
      { byJid: { "1@lid": { a: 2 }, "3@lid": { a: 1 } } },
      ["value-change $.byJid{*}.a", "missing-field $.byJid{*}", "extra-field $.byJid{*}"],
    ],
    ["an error's shape", { error: "no" }, { error: { message: "no" } }, ["type-change $.error"]],
  ])("%s", (_title, legacy, nest, expected) => {
    expect(foundIn(legacy, nest)).toEqual(["different", ...expected]);
  });

  it.each([
    ["integers beyond a double", "[9007199254740993]", "[9007199254740992]", ["item-missing $[*]", "item-extra $[*]"]],
    ["__proto__ is a key like others", '{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}', ["value-change $.__proto__.a"]],
    ["__proto__ against nothing", '{"__proto__":1}', "{}", ["missing-field $.__proto__"]],
    ["duplicate keys on one side", '{"a":1,"a":1}', '{"a":1}', ["unparsable @body"]],
    [
      "depth 10,000 on both sides, other white space",
      "[".repeat(10_000) + "]".repeat(10_000),
      `${"[".repeat(10_000)} ${"]".repeat(10_000)}`,
      ["body-bytes @body"],
    ],
    ["a byte order mark on one side", "\uFEFF{}", "{}", ["unparsable @body"]],
    ["nothing against something", "", "{}", ["unparsable @body"]],
  ])("%s", (_title, legacy, nest, expected) => {
    expect(found(compareAnswers({ body: legacy }, { body: nest }))).toEqual(["different", ...expected]);
  });

  it("equal bytes match whatever they are", () => {
    for (const body of ["", "{", '{"a":1,"a":2}', "[".repeat(10_000), "\uFEFF{}"])
      expect(found(compareAnswers({ body }, { body }))).toEqual(["matched"]);
  });

  // Both sides were malformed then, and every other order of keys was drift.
  it("a byte order mark on both sides hides nothing and is none", () => {
    expect(found(compareAnswers({ body: '\uFEFF{"a":1,"b":2}' }, { body: '\uFEFF{"b":2, "a":1}' }))).toEqual(["matched"]);
    expect(found(compareAnswers({ body: '\uFEFF{"a":1}' }, { body: '\uFEFF{"a":2}' }))).toEqual(["different", "value-change $.a"]);
  });

  it("JSON in another charset is no JSON: it matches by its bytes only", () => {
    const latin1: Body = { kind: "bytes", bytes: Uint8Array.from([0x22, 0xe9, 0x22]) };
    const spaced: Body = { kind: "bytes", bytes: Uint8Array.from([0x22, 0xe9, 0x22, 0x20]) };
    const type = "application/json; charset=iso-8859-1";
    expect(found(compareAnswers({ type, body: latin1 }, { type, body: latin1 }))).toEqual(["matched"]);
    expect(found(compareAnswers({ type, body: latin1 }, { type, body: spaced }))).toEqual(["different", "body-bytes @body"]);
    expect(found(compareAnswers({ body: '"é"' }, { type, body: latin1 }))).toEqual([
      "different",
      "content-type @header.content-type",
      "unparsable @body",
    ]);
  });
});

describe("a rule", () => {
  const bijection: Rule = { as: "id-bijection", pattern: at("$.id"), ...common };

  // Anything in the place of an id was explained by the rule, whatever it was.
  it.each([[["a"]], [{ value: "a" }], [true]])("that maps ids explains no %j in an id's place", (instead) => {
    expect(foundIn({ id: "a" }, { id: instead }, { rules: [bijection] })).toEqual(["different", "type-change $.id"]);
  });

  it("that maps ids explains a number for a text", () => {
    expect(foundIn({ id: "a" }, { id: 7 }, { rules: [bijection] })).toEqual(["equivalent"]);
  });

  it("for a set hides no row", () => {
    const set: Rule = { as: "set", pattern: at("$"), ...common };
    expect(foundIn(["a", "b"], ["b", "a", "a"], { rules: [set] })).toEqual(["equivalent"]);
    expect(foundIn(["a", "b"], ["b", "c"], { rules: [set] })).toEqual(["different", "item-missing $[*]", "item-extra $[*]"]);
  });

  it("for a volatile value covers no change of kind, shape or number of rows", () => {
    const volatile: Rule = { as: "volatile", pattern: at("$.rows"), ...common };
    expect(foundIn({ rows: [{ a: 1 }, { a: 2 }] }, { rows: [{ a: 5 }] }, { rules: [volatile] })).toEqual(["different", "item-missing $.rows[*]"]);
  });
});

describe("redirects", () => {
  const places = {
    legacy: { origins: ["http://legacy:3000", "https://admin.example"], target: "/old/page?x=1" },
    nest: { origins: ["http://nest:3001", "https://admin.example"], target: "/v1/old/page?x=1" },
  };
  const to = (location: string, status = 302): Answer => ({ status, type: null, headers: [["Location", location]], body: { kind: "none" } });
  const redirected = (legacy: Answer, nest: Answer): string[] => found(compareAnswers(legacy, nest, { places }));

  // A login page that moved, or an open redirect, was a match: nobody had asked for the header.
  it.each([
    ["/login", "/login"],
    ["http://legacy:3000/login?a=1", "http://nest:3001/login?a=1"],
    ["https://admin.example/login", "/login"],
    ["https://elsewhere.example/a", "https://elsewhere.example/a"],
    ["http://[not a url", "http://[not a url"],
  ])("to %s and to %s lead to the same place", (legacy, nest) => {
    expect(redirected(to(legacy), to(nest))).toEqual(["matched"]);
  });

  it.each([
    ["/login", "/signin"],
    ["/login?a=1", "/login?a=2"],
    ["http://legacy:3000/login", "http://legacy:3000/login"],
    ["/login", "https://elsewhere.example/login"],
    ["/login", "//elsewhere.example/login"],
    ["page", "page"],
  ])("to %s and to %s do not", (legacy, nest) => {
    expect(redirected(to(legacy), to(nest))).toEqual(["different", "header @header.location"]);
  });

  it("one without a target differs, another status is a difference of its own, and a redirect is not compared with an answer", () => {
    expect(redirected(to("/login"), { ...to("/login"), headers: [] })).toEqual(["different", "header @header.location"]);
    expect(redirected(to("/login"), to("/signin", 307))).toEqual(["different", "status-code @status", "header @header.location"]);
    expect(redirected(to("/login"), { body: "{}" })).toEqual(["different", "status-code @status"]);
  });

  it("a 304 leads nowhere, and the type of the body that it does not send says nothing", () => {
    const notModified = (type: string | null): Answer => ({ status: 304, type, headers: [["location", "/x"]], body: { kind: "none" } });
    expect(found(compareAnswers(notModified(JSON_TYPE), { ...notModified(null), headers: [] }))).toEqual(["matched"]);
  });
});

describe("bodies that could not be kept or decoded", () => {
  const digest = (sha256: string, length = 9_000_000, encoding?: string): Body => ({
    kind: "digest",
    length,
    sha256,
    ...(encoding === undefined ? {} : { encoding }),
  });
  const corrupt = (sha256: string): Body => ({ kind: "corrupt", length: 10, sha256 });

  it.each<[string, Body, Body, string, string[]]>([
    ["the same digest of JSON", digest("a"), digest("a"), JSON_TYPE, ["matched"]],
    // Another order of keys, or white space, has another hash: it was called drift.
    ["another digest of JSON", digest("a"), digest("b"), JSON_TYPE, ["undecided"]],
    ["another length of JSON", digest("a"), digest("a", 8_000_000), JSON_TYPE, ["undecided"]],
    ["no body against a digest of JSON", { kind: "none" }, digest("a"), JSON_TYPE, ["different", "body-bytes @body"]],
    ["another digest of something else", digest("a"), digest("b"), "image/png", ["different", "body-bytes @body"]],
    // Equal encoded bytes were "over the cap", and never a match.
    ["the same encoded bytes", digest("a", 9, "gzip"), digest("a", 9, "gzip"), "image/png", ["matched"]],
    ["other encoded bytes", digest("a", 9, "gzip"), digest("b", 9, "gzip"), "image/png", ["undecided"]],
    ["another encoding of what may be the same", digest("a", 9, "gzip"), digest("a", 9, "br"), "image/png", ["undecided"]],
    ["encoded against plain", digest("a", 9, "gzip"), digest("a", 9), "image/png", ["undecided"]],
    // A candidate that says gzip and sends something else was "over the cap": no client could read it, and nobody saw.
    ["a body that no client can decode", { kind: "bytes", bytes: bytesOf("{}") }, corrupt("a"), JSON_TYPE, ["different", "unparsable @body"]],
    ["a file that no client can decode", { kind: "bytes", bytes: bytesOf("a") }, corrupt("a"), "image/png", ["different", "body-bytes @body"]],
    ["the same that no client can decode", corrupt("a"), corrupt("a"), JSON_TYPE, ["matched"]],
    ["corrupt in two ways", corrupt("a"), corrupt("b"), JSON_TYPE, ["different", "body-bytes @body"]],
    ["corrupt against what is not known", corrupt("a"), digest("b", 9, "gzip"), JSON_TYPE, ["undecided"]],
  ])("%s", (...[, legacy, nest, type, expected]) => {
    expect(found(compareAnswers({ type, body: legacy }, { type, body: nest }))).toEqual(expected);
  });

  it("are said beside other differences", () => {
    const comparison = compareAnswers({ status: 200, body: digest("a") }, { status: 201, body: digest("b") });
    expect(found(comparison)).toEqual(["different", "status-code @status"]);
    expect(comparison.undecided).toBe("JSON over the cap");
  });

  it("are compared by their bytes where that was declared, JSON or not", () => {
    expect(found(compareAnswers({ body: digest("a") }, { body: digest("b") }, { isBytesOnly: true }))).toEqual(["different", "body-bytes @body"]);
    expect(found(compareAnswers({ body: "{}" }, { body: "{ }" }, { isBytesOnly: true }))).toEqual(["different", "body-bytes @body"]);
  });
});
