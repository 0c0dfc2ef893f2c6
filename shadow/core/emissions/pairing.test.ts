import { describe, expect, it } from "vitest";
import { parsePattern } from "../path-pattern.ts";
import type { System } from "../types.ts";
import type { Emission, EmissionSpec, Settled } from "./emission.ts";
import { Pairing, type PairingOptions } from "./pairing.ts";

const WINDOW_MS = 30_000;
const LATE_MS = 5_000;
const pattern = parsePattern("$.timestamp");
if (pattern === undefined) throw new Error("a pattern that is no pattern");
const TIMESTAMP = { pattern, as: "volatile", owner: "sre", reason: "time of emission" } as const;
const compare = { lists: [], headers: [], rules: [TIMESTAMP] };
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "message.received": ["sessionId", "messageId"],
  "message.status": ["sessionId", "messageId", "status"],
  "connection.update": ["sessionId", "status"],
};
const specOf = (event: string): EmissionSpec => ({ event, family: "conversation", key: KEYS[event] ?? [], compare });
const start = (more: Partial<PairingOptions> = {}): Pairing =>
  new Pairing({ specOf, windowMs: WINDOW_MS, lateMs: LATE_MS, maxWaiting: 1_000, scopeFields: ["remoteJid"], ...more });

type Said = Partial<{ channel: string; event: string; data: object | string }>;
const says = (system: System, atMs: number, { channel = "private-whatsapp.s1", event = "message.received", data = {} }: Said = {}): Emission => ({
  system,
  channel,
  event,
  data: typeof data === "string" ? data : JSON.stringify({ sessionId: "s1", messageId: "m1", remoteJid: "c1", timestamp: atMs, ...data }),
  atMs,
});
const message = (messageId: string, more: object = {}) => ({ data: { messageId, ...more } });
const run = (pairing: Pairing, emissions: readonly Emission[], endMs = 10 * WINDOW_MS): Settled[] => [
  ...emissions.flatMap((emission) => [...pairing.tick(emission.atMs), ...pairing.observe(emission)]),
  ...pairing.tick(endMs),
];
const outlineOf = (settled: readonly Settled[]) =>
  settled.map(({ outcome, differences }) => [outcome, ...differences.map(({ kind, path }) => `${kind} ${path}`)].join(", "));

describe("two emissions of one fact", () => {
  it.each([
    ["nest after legacy", [says("legacy", 0), says("nest", 300)]],
    ["nest before legacy", [says("nest", 0), says("legacy", 20_000)]],
    ["another order of keys", [says("legacy", 0, { data: '{"a":1,"messageId":"x"}' }), says("nest", 1, { data: '{"messageId":"x","a":1}' })]],
  ])("match: %s", (_, emissions) => {
    expect(outlineOf(run(start(), emissions))).toEqual(["matched"]);
  });

  it("pair by key whatever the case, and the case is what differs", () => {
    const status = (text: string): Said => ({ event: "message.status", data: { status: text } });
    const settled = run(start(), [says("legacy", 0, status("READ")), says("nest", 1, status("read"))]);
    expect(outlineOf(settled)).toEqual(["drift, format-change $.status"]);
  });

  it("differ in the payload", () => {
    const settled = run(start(), [says("legacy", 0, { data: { at: "2026-11-02T10:00:00.000Z", gone: 1 } }), says("nest", 1, { data: { at: 5 } })]);
    expect(outlineOf(settled)).toEqual(["drift, type-change $.at, missing-field $.gone"]);
  });

  it("on two channels are one difference, and no missing and extra", () => {
    const settled = run(start(), [says("legacy", 0), says("nest", 20, { channel: "whatsapp.s1" })]);
    expect(outlineOf(settled)).toEqual(["drift, channel @channel"]);
    expect(settled[0]?.differences[0]).toMatchObject({ legacyShape: "private-whatsapp.*", nestShape: "whatsapp.*" });
  });

  it("on the channels of two people pair on each, in whatever order", () => {
    const to = (system: System, atMs: number, user: string) => says(system, atMs, { channel: `private-user.${user}` });
    expect(outlineOf(run(start(), [to("legacy", 0, "a"), to("nest", 1, "b"), to("nest", 2, "a"), to("legacy", 3, "b")]))).toEqual([
      "matched",
      "matched",
    ]);
  });

  it("further apart than the limit are late, and earlier is never late", () => {
    expect(outlineOf(run(start(), [says("legacy", 0), says("nest", 12_000)]))).toEqual(["drift, late-emission @emission"]);
    expect(outlineOf(run(start(), [says("legacy", 0), says("nest", LATE_MS)]))).toEqual(["matched"]);
  });

  it("repeat as often on both sides", () => {
    const status = (system: System, atMs: number) => says(system, atMs, { event: "connection.update", data: { status: "connecting" } });
    expect(outlineOf(run(start(), [status("legacy", 0), status("legacy", 50), status("nest", 60), status("nest", 90)]))).toEqual([
      "matched",
      "matched",
    ]);
  });
});

describe("of emissions with one key", () => {
  const unread = (system: System, atMs: number, count: number) => says(system, atMs, { event: "connection.update", data: { status: "x", count } });

  it("a lost one is one missing, and sets none of the later ones against its neighbour", () => {
    const counts = [1, 2, 3, 4, 5];
    const emissions = counts.flatMap((count) => [
      unread("legacy", count * 100, count),
      ...(count === 2 ? [] : [unread("nest", count * 100 + 10, count)]),
    ]);
    expect(outlineOf(run(start(), emissions)).toSorted()).toEqual([
      "matched",
      "matched",
      "matched",
      "matched",
      "missing, missing-emission @emission",
    ]);
  });

  it("those that all differ pair in their order, once an equal one would be late", () => {
    const pairing = start();
    for (const count of [1, 2]) pairing.observe(unread("legacy", count, count));
    for (const count of [1, 2])
      pairing.observe(says("nest", 10 + count, { event: "connection.update", data: { status: "x", count: String(count) } }));
    expect(pairing.tick(LATE_MS)).toEqual([]);
    expect(outlineOf(pairing.tick(LATE_MS + 100))).toEqual(["drift, type-change $.count", "drift, type-change $.count"]);
    expect(pairing.waiting).toBe(0);
  });
});

describe("an emission without a partner", () => {
  it.each([
    ["of legacy is missing", [says("legacy", 0)], ["missing, missing-emission @emission"]],
    ["of nest is extra", [says("nest", 0)], ["extra, extra-emission @emission"]],
    [
      "of nest that repeats a fact is a duplicate",
      [says("legacy", 0), says("nest", 1), says("nest", 2)],
      ["matched", "duplicate, duplicate-emission @emission"],
    ],
  ])("%s", (_, emissions, outlines) => {
    expect(outlineOf(run(start(), emissions))).toEqual(outlines);
  });

  it("is a duplicate also when somebody looks between the end of the pair's window and its own", () => {
    const pairing = start();
    for (const emission of [says("legacy", 0), says("nest", 1), says("nest", 50)]) pairing.observe(emission);
    expect(pairing.tick(WINDOW_MS + 25)).toEqual([]);
    expect(outlineOf(pairing.tick(WINDOW_MS + 50))).toEqual(["duplicate, duplicate-emission @emission"]);
  });

  it("is judged when the window has passed, not before", () => {
    const pairing = start();
    pairing.observe(says("legacy", 0));
    expect(pairing.tick(WINDOW_MS - 1)).toEqual([]);
    expect(outlineOf(pairing.tick(WINDOW_MS))).toEqual(["missing, missing-emission @emission"]);
    expect(pairing.waiting).toBe(0);
  });

  it("says nothing when something was lost around it", () => {
    const pairing = start();
    pairing.noteLoss(0);
    expect(outlineOf(run(pairing, [says("nest", 1_000), says("nest", WINDOW_MS + 1, message("m2"))]))).toEqual([
      "shed",
      "extra, extra-emission @emission",
    ]);
  });

  it("says nothing of order or number of a fact that goes on being told after one half of it was lost", () => {
    const pairing = start();
    pairing.noteLoss(0);
    const again: Said = { event: "connection.update", data: { status: "connecting" } };
    const round = (atMs: number, other: string) => [
      says("legacy", atMs, message(other)),
      says("legacy", atMs + 1, again), // pairs with what nest told before
      says("nest", atMs + 2, message(other)),
      says("nest", atMs + 3, again),
    ];
    const emissions = [says("nest", 1_000, again), ...round(20_000, "m1"), ...round(45_000, "m2"), ...round(70_000, "m3")];
    const settled = run(pairing, emissions, 70_004);
    const ticks = Array.from({ length: 200 }, (_, index) => pairing.tick(70_004 + index * 200)).flat();
    expect(outlineOf([...settled, ...ticks])).toEqual([...Array.from({ length: 6 }, () => "matched"), "shed"]);
  });

  it("says nothing at the end", () => {
    const pairing = start();
    pairing.observe(says("legacy", 0));
    expect(outlineOf(pairing.drain())).toEqual(["shed"]);
  });
});

describe("order", () => {
  const orderOf = (legacy: readonly string[], nest: readonly string[], more: (id: string) => object = () => ({})) =>
    outlineOf(
      run(start(), [
        ...legacy.map((id, index) => says("legacy", index, message(id, more(id)))),
        ...nest.map((id, index) => says("nest", 100 + index, message(id, more(id)))),
      ]),
    ).filter((outline) => outline !== "matched");
  const REORDERED = "drift, reordered-emission @emission";

  it.each([
    ["two swapped", ["1", "2"], ["2", "1"], 1],
    ["the first comes last", ["1", "2", "3", "4", "5"], ["2", "3", "4", "5", "1"], 1],
    ["the last comes first", ["1", "2", "3", "4", "5"], ["5", "1", "2", "3", "4"], 1],
    ["the same order", ["1", "2", "3"], ["1", "2", "3"], 0],
  ])("%s", (_, legacy, nest, times) => {
    expect(orderOf(legacy, nest)).toEqual(Array.from({ length: times }, () => REORDERED));
  });

  it("means nothing between chats", () => {
    expect(orderOf(["1", "2"], ["2", "1"], (id) => ({ remoteJid: `chat ${id}` }))).toEqual([]);
  });
});

describe("memory", () => {
  it("is bounded: what has no room is shed, and its partner is not called extra", () => {
    const pairing = start({ maxWaiting: 2 });
    const settled = run(pairing, [
      says("legacy", 0, message("1")),
      says("legacy", 1, message("2")),
      says("legacy", 2, message("3")),
      says("nest", 3, message("1")),
      says("nest", 4, message("2")),
      says("nest", 5, message("3")),
    ]);
    expect(outlineOf(settled)).toEqual(["shed", "matched", "matched", "shed"]);
    expect(pairing.waiting).toBe(0);
  });

  it("holds what is no JSON, and pairs it by its channel", () => {
    expect(outlineOf(run(start(), [says("legacy", 0, { data: "plain" }), says("nest", 1, { data: "plain" })]))).toEqual(["matched"]);
    expect(outlineOf(run(start(), [says("legacy", 0, { data: "plain" }), says("nest", 1, { data: "other" })]))).toEqual(["drift, body-bytes @body"]);
  });
});
