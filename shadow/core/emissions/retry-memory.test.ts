import { expect, it } from "vitest";
import { RetryMemory } from "./retry-memory.ts";

it("knows as many tries as failed, for as long as the window, and whose emission goes on", () => {
  const memory = new RetryMemory(1_000);
  expect(memory.isEmpty).toBe(true);
  memory.note("fact", { owner: "nest", atMs: 0 });
  memory.note("fact", { owner: "nest", atMs: 100 });
  expect([memory.take("fact", 200), memory.take("fact", 300), memory.take("fact", 400)]).toEqual(["nest", "nest", undefined]);
  memory.note("fact", { owner: "legacy", atMs: 500 });
  expect(memory.take("fact", 1_500)).toBeUndefined();
  expect(memory.isEmpty).toBe(true);
});
