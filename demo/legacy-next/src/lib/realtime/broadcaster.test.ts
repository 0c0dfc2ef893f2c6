import { expect, test, vi } from "vitest";
import { Broadcaster } from "./broadcaster.ts";
import type { Emission } from "./emission.ts";

const emission = (channel: string, event = "contact.updated"): Emission => ({ channel, event, data: {}, sessionId: "s1", tenantId: "t1" });

test("emissions of one channel leave in the order offered, those of others do not wait", async () => {
  const sent: string[] = [];
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const trigger = async ({ channel, event }: Emission): Promise<void> => {
    if (event === "first") await slow;
    sent.push(`${channel} ${event}`);
  };
  const broadcaster = new Broadcaster({ trigger, now: Date.now, trace: () => undefined });
  for (const [channel, event] of [
    ["a", "first"],
    ["a", "second"],
    ["b", "third"],
  ] as const)
    broadcaster.offer(emission(channel, event), "r1");
  await vi.waitFor(() => expect(sent).toEqual(["b third"]));
  release();
  await broadcaster.settled();
  expect(sent).toEqual(["b third", "a first", "a second"]);
  expect(broadcaster.counts).toEqual({ sent: 3, skipped: 0, failed: 0, shed: 0 });
});

test("a broker that fails is tried three times, then the emission is counted and the next goes on", async () => {
  const trigger = vi.fn<(emission: Emission) => Promise<void>>(({ event }) =>
    event === "bad" ? Promise.reject(new Error("down")) : Promise.resolve(),
  );
  const trace = vi.fn<(trace: object) => void>();
  const broadcaster = new Broadcaster({ trigger, now: Date.now, trace });
  broadcaster.offer(emission("a", "bad"), "r1");
  broadcaster.offer(emission("a", "good"), "r2");
  await broadcaster.settled();
  expect(trigger.mock.calls.map(([{ event }]) => event)).toEqual(["bad", "bad", "bad", "good"]);
  expect(broadcaster.counts).toEqual({ sent: 1, skipped: 0, failed: 1, shed: 0 });
  expect(trace).toHaveBeenCalledWith(expect.objectContaining({ outcome: "failed", requestId: "r1", tries: 3, total: 1 }));
});

// A broker that was only slow got the first try too: the second made a repetition.
test("a try that failed late is the last", async () => {
  let nowMs = 0;
  const trigger = vi.fn<() => Promise<void>>(() => {
    nowMs += 400;
    return Promise.reject(new Error("slow"));
  });
  const broadcaster = new Broadcaster({ trigger, now: () => nowMs, trace: () => undefined });
  broadcaster.offer(emission("a"), "r1");
  await broadcaster.settled();
  expect(trigger).toHaveBeenCalledTimes(1);
  expect(broadcaster.counts.failed).toBe(1);
});

test("without a broker emissions are counted and nothing else happens", async () => {
  const broadcaster = new Broadcaster({ trigger: undefined, now: Date.now, trace: () => undefined });
  broadcaster.offer(emission("a"), "r1");
  await broadcaster.settled();
  expect(broadcaster.counts).toEqual({ sent: 0, skipped: 1, failed: 0, shed: 0 });
});
