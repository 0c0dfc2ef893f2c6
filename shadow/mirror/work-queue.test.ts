import { expect, test } from "vitest";
import { WorkQueue } from "./work-queue.ts";

type Task = { readonly name: string; isExpired: boolean };

function queueOf(): { readonly queue: WorkQueue<Task>; readonly run: string[]; readonly shed: string[]; readonly finish: () => void } {
  const run: string[] = [];
  const shed: string[] = [];
  const open: (() => void)[] = [];
  const queue = new WorkQueue<Task>({
    max: 1,
    run: ({ name }) => {
      run.push(name);
      return new Promise((resolve) => open.push(resolve));
    },
    isExpired: (task) => task.isExpired,
    shed: ({ name }) => shed.push(name),
  });
  return { queue, run, shed, finish: () => open.shift()?.() };
}

test("tasks run in order of arrival, no more at once than the limit", async () => {
  const { queue, run, finish } = queueOf();
  queue.push({ name: "a", isExpired: false });
  queue.push({ name: "b", isExpired: false });
  expect(run).toEqual(["a"]);
  finish();
  await expect.poll(() => run).toEqual(["a", "b"]);
  finish();
  await queue.drain();
});

test("expired tasks are shed all at once although the limit would make them wait, and are never run", async () => {
  const { queue, run, shed, finish } = queueOf();
  const waiting = Array.from({ length: 2_000 }, (_, index): Task => ({ name: `t${index}`, isExpired: false }));
  for (const task of waiting) queue.push(task);
  queue.adjust({ kind: "failed", nowMs: 1 }); // below 1: pauses between calls
  for (const task of waiting.slice(1)) task.isExpired = true;
  finish();
  await expect.poll(() => shed.length).toBe(1_999);
  expect(run).toEqual(["t0"]);
  await queue.drain();
});
