import * as fc from "fast-check";
import { LEASE_MS } from "../core/send-ledger/send-record.ts";
import type { OwnerDoes, SendWorld } from "./send-world.ts";

const KEYS = ["k1", "k2", "k3"] as const;
const PAYLOADS = ["hello", "hello", "hello", "other"] as const; // a retry is likelier than a key used for something else
const CALLS = 8;

/** No model beside the world itself: it checks its own promise with every step. */
type Step = fc.AsyncCommand<object, SendWorld>;

function step(name: string, run: (world: SendWorld) => Promise<void> | void): Step {
  return { check: () => true, run: async (_model, world) => run(world), toString: () => name };
}

const call = fc.nat({ max: CALLS - 1 });
const replica = fc.constantFrom(0, 1);

/** Requests, retries, crashes, flips, store outages and owners in every mood, in any order, over several keys. */
export function sendSteps(maxCommands: number): fc.Arbitrary<Iterable<Step>> {
  const request = fc
    .tuple(fc.constantFrom(...KEYS), fc.constantFrom(...PAYLOADS), replica)
    .map(([key, payload, at]) =>
      step(`${key} ${payload} at ${at}`, (world) => (world.callCount < CALLS ? world.request(key, payload, at) : undefined)),
    );
  const does = fc.constantFrom<OwnerDoes>("sends", "refuses", "sends and breaks off", "breaks off", "is not reached");
  return fc.commands(
    [
      request,
      request,
      fc.tuple(call, does).map(([index, what]) => step(`call ${index}: owner ${what}`, (world) => world.ownerDoes(index, what))),
      fc.tuple(call, does).map(([index, what]) => step(`call ${index}: owner ${what}`, (world) => world.ownerDoes(index, what))),
      call.map((index) => step(`call ${index}: settle`, (world) => world.settle(index))),
      call.map((index) => step(`call ${index}: settle`, (world) => world.settle(index))),
      replica.map((at) => step(`replica ${at} is killed`, (world) => world.crash(at))),
      fc.constantFrom(LEASE_MS, 1_000).map((ms) => step(`${ms} ms pass`, (world) => world.wait(ms))),
      fc.constant(step("flip", (world) => world.flip())),
      fc.boolean().map((isUp) => step(isUp ? "store up" : "store down", (world) => world.turnStore(isUp))),
    ],
    { maxCommands, size: "max" },
  );
}
