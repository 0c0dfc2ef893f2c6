import { afterEach, expect, it, vi } from "vitest";
import { SendGate } from "./send-gate.ts";

afterEach(() => void vi.useRealTimers());

it("lets one through at a time, in order, and forgets keys that are done", async () => {
  const gate = new SendGate();
  let inside = 0;
  const order: number[] = [];
  const work = (index: number) => async () => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise(setImmediate);
    inside -= 1;
    order.push(index);
  };
  await Promise.all(Array.from({ length: 20 }, (_, index) => gate.run("k", work(index))));
  expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
  await new Promise(setImmediate);
  expect(gate.size).toBe(0);
});

it("keeps other keys out of it, and goes on after a failure", async () => {
  const gate = new SendGate();
  let release = (): void => {};
  const held = gate.run("k", () => new Promise<void>((resolve) => (release = resolve)));
  expect(await gate.run("other", async () => "done")).toBe("done");
  const failing = gate.run("k", () => Promise.reject(new Error("refused")));
  const last = gate.run("k", async () => "last");
  release();
  await held;
  await expect(failing).rejects.toThrow("refused");
  expect(await last).toBe("last");
});

it("waits five seconds for the one before, then says so", async () => {
  vi.useFakeTimers();
  const gate = new SendGate();
  let release = (): void => {};
  const held = gate.run("k", () => new Promise<void>((resolve) => (release = resolve)));
  const waiting = gate.run("k", async () => "never").catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await waiting).toMatchObject({ status: 409, headers: { "retry-after": "1" } });
  // Whoever gave up does not hold the next one.
  release();
  await held;
  expect(await gate.run("k", async () => "next")).toBe("next");
});
