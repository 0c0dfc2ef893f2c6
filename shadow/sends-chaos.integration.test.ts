import { afterAll, beforeAll, expect, it } from "vitest";
import { runSendChaos } from "../demo/testing/send-chaos/run.ts";
import { brokenPromises, describeChaos } from "../demo/testing/send-chaos/verdict.ts";
import { startSendWorld, type SendDatabases } from "../demo/testing/send-chaos/world.ts";

const SECONDS = 20;
/** The same kills and flips each time; how they fall among the sends is up to the machine. */
const SEED = 8;

let world: SendDatabases;
beforeAll(async () => {
  world = await startSendWorld();
});
afterAll(() => world.stop());

it("proxies and owners killed for twenty seconds under retrying clients: one accepted send is one message", async () => {
  const result = await runSendChaos({ ...world, seconds: SECONDS, seed: SEED });
  process.stdout.write(`${describeChaos(result)}\n`);
  expect(brokenPromises(result)).toEqual([]);
  expect(result.sends.some(({ fate }) => fate === "accepted")).toBe(true);
}, 240_000);
