import { expect, it } from "vitest";
import { isShared, SharedReads } from "./shared-reads.ts";

/** A read that answers what was stored when it began, and ends when it is told to. */
function slowStore() {
  let stored = 0;
  const open: (() => void)[] = [];
  const started: number[] = [];
  const load = (): Promise<{ value: number }> => {
    const value = stored;
    started.push(value);
    return new Promise((resolve) => open.push(() => resolve({ value })));
  };
  return { load, started, write: () => (stored += 1), endOldest: () => open.shift()?.() };
}

it("answers those who wait at the same time with one read", async () => {
  const reads = new SharedReads<{ value: number }>();
  const store = slowStore();
  const first = reads.read("a", store.load);
  const waiting = [reads.read("a", store.load), reads.read("a", store.load)];
  expect(store.started).toHaveLength(1);
  store.endOldest();
  await first;
  expect(store.started).toHaveLength(2);
  store.endOldest();
  const [second, third] = await Promise.all(waiting);
  expect(second).toBe(third);
  expect(isShared(second ?? {})).toBe(true);
  expect(reads.size).toBe(0);
});

it("never answers with what was read before the question", async () => {
  const reads = new SharedReads<{ value: number }>();
  const store = slowStore();
  const before = reads.read("a", store.load);
  store.write();
  const after = reads.read("a", store.load);
  store.endOldest();
  expect(await before).toEqual({ value: 0 });
  store.endOldest();
  expect(await after).toEqual({ value: 1 });
});

it("keeps a failure to those who shared it", async () => {
  const reads = new SharedReads<{ value: number }>();
  const failing = reads.read("a", () => Promise.reject(new Error("down")));
  const next = reads.read("a", async () => ({ value: 1 }));
  await expect(failing).rejects.toThrow("down");
  expect(await next).toEqual({ value: 1 });
  expect(reads.size).toBe(0);
});

it("keeps other keys apart", async () => {
  const reads = new SharedReads<{ value: number }>();
  const answers = await Promise.all([reads.read("a", async () => ({ value: 1 })), reads.read("b", async () => ({ value: 2 }))]);
  expect(answers).toEqual([{ value: 1 }, { value: 2 }]);
});
