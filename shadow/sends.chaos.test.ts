import { afterAll, beforeAll, expect, it } from "vitest";
import { runSendChaos } from "../demo/testing/send-chaos/run.ts";
import { brokenPromises, describeChaos } from "../demo/testing/send-chaos/verdict.ts";
import { startSendWorld, type SendDatabases } from "../demo/testing/send-chaos/world.ts";

const MINUTES = Number(process.env["CHAOS_MINUTES"] ?? "1");
const SEED = Number(process.env["CHAOS_SEED"] ?? Date.now() % 1_000_000);

let world: SendDatabases;
beforeAll(async () => {
  world = await startSendWorld();
});
afterAll(() => world.stop());

it(
  `proxies and owners killed for ${MINUTES} min under retrying clients: one accepted send is one message (CHAOS_SEED=${SEED})`,
  async () => {
    const result = await runSendChaos({ ...world, seconds: MINUTES * 60, seed: SEED });
    process.stdout.write(`${describeChaos(result)}\n`);
    expect(brokenPromises(result)).toEqual([]);
    expect(result.sends.filter(({ fate }) => fate === "accepted").length).toBeGreaterThan(MINUTES * 20);
    expect(Object.values(result.kills).every((count) => count > 0)).toBe(true);
  },
  MINUTES * 60_000 + 240_000,
);
