import { expect, it } from "vitest";
import { SingleFlight } from "./single-flight.ts";

it("shares what is under way, and keeps nothing", async () => {
  const flights = new SingleFlight<number>();
  let runs = 0;
  const work = async () => {
    await new Promise(setImmediate);
    runs += 1;
    return runs;
  };
  expect(await Promise.all([flights.run("a", work), flights.run("a", work), flights.run("b", work)])).toEqual([1, 1, 2]);
  expect(flights.size).toBe(0);
  expect(await flights.run("a", work)).toBe(3);
});

it("shares a failure, and tries again afterwards", async () => {
  const flights = new SingleFlight<string>();
  const fail = () => Promise.reject(new Error("down"));
  const results = await Promise.allSettled([flights.run("a", fail), flights.run("a", fail)]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await flights.run("a", async () => "up")).toBe("up");
});
