import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginSend, isDispatched, type BeginDecision } from "./begin-send.ts";
import { parseKey, spellKey } from "./idempotency-key.ts";
import { payloadText } from "./payload.ts";
import { GUARD_WINDOW_MS, KEEP_MS, type SendRecord } from "./send-record.ts";
import { freeAfterMs, settleSend } from "./settle-send.ts";

describe("a key", () => {
  it.each([
    [[], { kind: "absent" }],
    [["abc-123"], { kind: "given", key: "abc-123" }],
    [['"abc-123"'], { kind: "given", key: "abc-123" }],
    [['"a b, c"'], { kind: "given", key: "a b, c" }],
    [[String.raw`"a\"b\\c"`], { kind: "given", key: String.raw`a"b\c` }],
    [["a".repeat(255)], { kind: "given", key: "a".repeat(255) }],
    [["a", "b"], { kind: "invalid" }],
    [[""], { kind: "invalid" }],
    [['""'], { kind: "invalid" }],
    [["a b"], { kind: "invalid" }],
    [['"a'], { kind: "invalid" }],
    [["ñ"], { kind: "invalid" }],
    [["a".repeat(256)], { kind: "invalid" }],
  ] as const)("%j is %j", (lines, expected) => {
    expect(parseKey(lines)).toEqual(expected);
  });

  it("is read as it was spelled", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x20-\x7e]{1,255}$/), (key) => {
        expect(parseKey([spellKey(key)])).toEqual({ kind: "given", key });
      }),
    );
  });
});

describe("a payload", () => {
  const bytes = (text: string) => ({ kind: "bytes" as const, bytes: new TextEncoder().encode(text) });
  const json = (text: string) => payloadText({ params: {}, query: "", body: bytes(text) });

  it("is the same whatever the spelling of its JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(json(JSON.stringify(JSON.parse(text), null, 2))).toBe(json(text));
      }),
    );
    expect(json('{"a":1.0,"b":[1e2]}')).toBe(json('{"b":[100],"a":1}'));
  });

  it("is another one with another value, place or query, and no JSON is the JSON that looks alike", () => {
    const all = [
      json('{"a":1}'),
      json('{"a":"1"}'),
      json('{"a":1,"a":1}'),
      json("not json"),
      json('"not json"'),
      json('{"a":12345678901234567890}'),
      json('{"a":12345678901234567891}'),
      payloadText({ params: { id: "1" }, query: "", body: bytes('{"a":1}') }),
      payloadText({ params: {}, query: "x=1", body: bytes('{"a":1}') }),
      payloadText({ params: {}, query: "", body: { kind: "parts", parts: [] } }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it("of a form is that of its parts, in any order", () => {
    const [one, two] = ["1", "2"].map((each) => ({ disposition: `form-data; name=${each}`, contentType: "", sha256: each })) as [Part, Part];
    type Part = { disposition: string; contentType: string; sha256: string };
    const of = (...parts: readonly Part[]) => payloadText({ params: {}, query: "", body: { kind: "parts", parts } });
    expect(of(one, two)).toBe(of(two, one));
    expect(of(one, one)).not.toBe(of(one));
  });
});

const NOW = 1_000_000;
const record = (more: Partial<SendRecord>): SendRecord => ({
  id: "s1",
  state: "in-flight",
  owner: "legacy",
  attempt: 1,
  fingerprint: "p",
  leaseUntilMs: NOW + 1,
  freeAtMs: undefined,
  hasAnswer: false,
  ...more,
});

describe("a send that meets a record", () => {
  it.each<[string, SendRecord | undefined, { fingerprint?: string; honours?: boolean }, BeginDecision]>([
    ["nobody has the slot", undefined, {}, "take"],
    ["the first was refused", record({ state: "released" }), { fingerprint: "q" }, "take"],
    ["in flight", record({}), {}, "refuse-in-flight"],
    ["in flight, another payload", record({}), { fingerprint: "q" }, "refuse-mismatch"],
    ["in flight, its proxy is gone, the owner honours keys", record({ leaseUntilMs: NOW }), { honours: true }, "ask-again"],
    ["in flight, its proxy is gone, the owner does not", record({ leaseUntilMs: NOW }), {}, "refuse-unknown"],
    ["unknown, the owner honours keys", record({ state: "unknown" }), { honours: true }, "ask-again"],
    ["unknown, another payload", record({ state: "unknown" }), { honours: true, fingerprint: "q" }, "refuse-mismatch"],
    ["unknown, the owner does not", record({ state: "unknown" }), {}, "refuse-unknown"],
    ["unknown in the window, and the window is over", record({ state: "unknown", freeAtMs: NOW }), {}, "put-aside"],
    ["done", record({ state: "completed", hasAnswer: true }), {}, "replay"],
    ["done, another payload", record({ state: "completed", hasAnswer: true }), { fingerprint: "q" }, "refuse-mismatch"],
    ["done, kept long enough", record({ state: "completed", hasAnswer: true, freeAtMs: NOW }), { fingerprint: "q" }, "take"],
    ["done, its answer is not here, the owner repeats it", record({ state: "completed" }), { honours: true }, "fetch-answer"],
    ["done, its answer is lost", record({ state: "completed" }), {}, "refuse-answer-lost"],
  ])("%s", (_name, held, { fingerprint = "p", honours = false }, expected) => {
    expect(beginSend(held, { fingerprint, nowMs: NOW, honoursKey: () => honours })).toBe(expected);
  });

  it("is never handed to an owner that does not honour keys while the first may have happened", () => {
    const states = fc.record({
      state: fc.constantFrom<SendRecord["state"]>("in-flight", "completed", "unknown"),
      hasAnswer: fc.boolean(),
      fingerprint: fc.constantFrom("p", "q", undefined),
      leaseUntilMs: fc.integer({ min: NOW - 10, max: NOW + 10 }),
    });
    fc.assert(
      fc.property(states, fc.constantFrom("p", "q", undefined), (held, fingerprint) => {
        const decision = beginSend(record(held), { fingerprint, nowMs: NOW, honoursKey: () => false });
        expect(isDispatched(decision)).toBe(false);
      }),
    );
  });
});

describe("what an answer does", () => {
  const answered = (status: number, isInProgress = false) => ({ kind: "answered", status, isInProgress }) as const;
  it.each([
    [answered(200), 1, "completed"],
    [answered(303), 1, "completed"],
    [answered(422), 1, "released"],
    [answered(409, true), 1, "unknown"],
    [answered(500), 1, "unknown"],
    [{ kind: "lost" }, 1, "unknown"],
    [{ kind: "not-sent" }, 1, "released"],
    [answered(200), 2, "completed"],
    [answered(401), 2, "unknown"],
    [answered(503), 2, "unknown"],
    [{ kind: "not-sent" }, 2, "unknown"],
  ] as const)("%j on attempt %i: %s", (answer, attempt, expected) => {
    expect(settleSend(answer, attempt)).toBe(expected);
  });

  it("frees a slot when nothing can go wrong any more", () => {
    const key = { isWindow: false, isDelivered: undefined };
    expect([freeAfterMs("released", key), freeAfterMs("completed", key), freeAfterMs("unknown", key)]).toEqual([0, KEEP_MS, undefined]);
    const window = { isWindow: true, isDelivered: false };
    expect(freeAfterMs("completed", { ...window, isDelivered: true })).toBe(0);
    expect([freeAfterMs("completed", window), freeAfterMs("unknown", window)]).toEqual([GUARD_WINDOW_MS, GUARD_WINDOW_MS]);
  });
});
