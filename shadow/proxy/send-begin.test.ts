import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createMemoryLedger } from "../testing/memory-ledger.ts";
import { sendSteps } from "../testing/send-commands.ts";
import { SendWorld } from "../testing/send-world.ts";

it("no interleaving of requests, retries, crashes, flips and outages sends a key twice, or tells of a send that was none", async () => {
  await fc.assert(
    fc.asyncProperty(sendSteps(60), async (steps) => {
      const world = new SendWorld(createMemoryLedger());
      await fc.asyncModelRun(() => ({ model: {}, real: world }), steps);
      expect(await world.finish()).toBe("kept");
    }),
    { numRuns: 1_500 },
  );
});

it("the model notices a ledger that forgets", async () => {
  const forgetful = fc.asyncProperty(sendSteps(60), async (steps) => {
    const ledger = createMemoryLedger();
    // As a store that fails open would: what is unknown is taken for never sent.
    const settle: typeof ledger.settle = (settled) => ledger.settle({ ...settled, state: "released", freeAfterMs: 0 });
    const world = new SendWorld({ ...ledger, settle });
    await fc.asyncModelRun(() => ({ model: {}, real: world }), steps);
    await world.finish();
  });
  const { errorInstance } = await fc.check(forgetful, { numRuns: 1_500, endOnFailure: true });
  expect(String(errorInstance)).toMatch(/was sent \d+ times|a client was told/);
});
