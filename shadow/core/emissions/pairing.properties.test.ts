import { array, assert, constantFrom, integer, property, record, tuple } from "fast-check";
import { expect, it } from "vitest";
import type { Emission, EmissionSpec, Settled } from "./emission.ts";
import { Pairing } from "./pairing.ts";

const WINDOW_MS = 1_000;
const specOf = (event: string): EmissionSpec => ({ event, family: "f", key: ["id"], compare: { lists: [], rules: [], headers: [] } });
const start = (maxWaiting = 10_000): Pairing => new Pairing({ specOf, windowMs: WINDOW_MS, lateMs: WINDOW_MS, maxWaiting, scopeFields: ["chat"] });

type Fact = { readonly channel: string; readonly event: string; readonly id: number; readonly chat: number };
const fact = record({
  channel: constantFrom("private-whatsapp.a", "private-whatsapp.b"),
  event: constantFrom("message.received", "contact.updated"),
  id: integer({ min: 0, max: 5 }),
  chat: integer({ min: 0, max: 2 }),
});
const emissionOf = (system: Emission["system"], { channel, event, id, chat }: Fact, atMs: number): Emission => ({
  system,
  channel,
  event,
  // A fact lies in one chat: its key says which.
  data: JSON.stringify({ id: `${id} ${chat} ${channel}`, chat: String(chat) }),
  atMs,
});

function run(pairing: Pairing, emissions: readonly Emission[]): Settled[] {
  const inTime = emissions.toSorted((one, other) => one.atMs - other.atMs);
  const last = inTime.at(-1)?.atMs ?? 0;
  return [...inTime.flatMap((emission) => [...pairing.tick(emission.atMs), ...pairing.observe(emission)]), ...pairing.tick(last + WINDOW_MS)];
}

it("two systems that emit the same facts in the same order never drift, whatever their lag", () => {
  assert(
    property(array(fact, { maxLength: 60 }), integer({ min: -400, max: 400 }), (facts, lagMs) => {
      const settled = run(
        start(),
        facts.flatMap((each, index) => [emissionOf("legacy", each, index * 10), emissionOf("nest", each, index * 10 + lagMs)]),
      );
      expect(settled.map(({ outcome }) => outcome)).toEqual(facts.map(() => "matched"));
    }),
  );
});

it("every emission is settled exactly once, whatever comes", () => {
  const emission = tuple(constantFrom("legacy" as const, "nest" as const), fact, integer({ min: 0, max: 5_000 }));
  assert(
    property(array(emission, { maxLength: 80 }), integer({ min: 1, max: 20 }), (sent, maxWaiting) => {
      const emissions = sent.map(([system, each, atMs]) => emissionOf(system, each, atMs));
      const pairing = start(maxWaiting);
      const settled = run(pairing, emissions);
      expect(pairing.waiting).toBe(0);
      const named = settled.flatMap(({ legacy, nest }) => [legacy, nest]).filter((each) => each !== undefined);
      expect(new Set(named)).toEqual(new Set(emissions));
      expect(named).toHaveLength(emissions.length);
    }),
  );
});

it("what one side leaves out is missing or extra, as often as it was left out", () => {
  const withLoss = array(tuple(fact, constantFrom("both", "legacy", "nest")), { maxLength: 40 });
  assert(
    property(withLoss, (facts) => {
      // Each fact its own key: which of two equal facts was left out cannot be known.
      const own = facts.map(([each, by], index) => [{ ...each, id: index }, by] as const);
      const settled = run(
        start(),
        own.flatMap(([each, by], index) => [
          ...(by === "nest" ? [] : [emissionOf("legacy", each, index * 10)]),
          ...(by === "legacy" ? [] : [emissionOf("nest", each, index * 10 + 5)]),
        ]),
      );
      const count = (outcome: string): number => settled.filter((each) => each.outcome === outcome).length;
      const wanted = (by: string): number => own.filter((each) => each[1] === by).length;
      expect([count("matched"), count("missing"), count("extra")]).toEqual([wanted("both"), wanted("legacy"), wanted("nest")]);
    }),
  );
});
