import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import type { System } from "../types.ts";
import { FlipMemory } from "./flip-memory.ts";

const WINDOW_MS = 1_000;

describe("whose emission of a fact reaches the subscribers", () => {
  it("is the owner's when the first of the two was seen, also when the family flips before the other one comes", () => {
    const memory = new FlipMemory(WINDOW_MS);
    expect(memory.ownerOf("fact", { system: "nest", atMs: 0 }, () => "legacy")).toBe("legacy");
    expect(memory.ownerOf("fact", { system: "legacy", atMs: 10 }, () => "nest")).toBe("legacy");
    expect(memory.ownerOf("fact", { system: "legacy", atMs: 20 }, () => "nest")).toBe("nest");
  });

  it("is the present owner's when the other one never came within the window", () => {
    const memory = new FlipMemory(WINDOW_MS);
    memory.ownerOf("fact", { system: "nest", atMs: 0 }, () => "legacy");
    expect(memory.ownerOf("fact", { system: "legacy", atMs: WINDOW_MS }, () => "nest")).toBe("nest");
  });

  it("is one of the two for every fact, however they interleave and whenever the family flips", () => {
    const fact = record({ first: constantFrom<System>("legacy", "nest"), lag: integer({ min: 1, max: 6 }) });
    assert(
      property(array(fact, { maxLength: 40 }), array(integer({ min: 0, max: 60 }), { maxLength: 4 }), (facts, flips) => {
        const memory = new FlipMemory(WINDOW_MS);
        const ownerAt = (time: number): System => (flips.filter((flip) => flip <= time).length % 2 === 0 ? "legacy" : "nest");
        // Repetitions of one fact come in the same order on both sides: each with a name of its own here.
        const seen = facts
          .flatMap(({ first, lag }, index) => [
            { id: String(index), system: first, time: index },
            { id: String(index), system: first === "legacy" ? ("nest" as const) : ("legacy" as const), time: index + lag },
          ])
          .toSorted((one, other) => one.time - other.time);
        const forwarded = seen.filter(({ id, system, time }) => memory.ownerOf(id, { system, atMs: time }, () => ownerAt(time)) === system);
        expect(forwarded.map(({ id }) => Number(id)).toSorted((one, other) => one - other)).toEqual(facts.map((_, index) => index));
      }),
    );
  });
});
