import { expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import { Throttle } from "./throttle.ts";

function refusalOf(throttle: Throttle, caller: string, nowMs: number): ApiError | undefined {
  try {
    throttle.take(caller, nowMs);
    return undefined;
  } catch (error) {
    return error as ApiError;
  }
}

test("the call beyond the limit is refused until the oldest is a minute old", () => {
  const throttle = new Throttle(2);
  expect(refusalOf(throttle, "a", 0)).toBeUndefined();
  expect(refusalOf(throttle, "a", 10_000)).toBeUndefined();
  const refusal = refusalOf(throttle, "a", 20_500);
  expect(refusal?.status).toBe(429);
  expect(refusal?.headers).toEqual({ "Retry-After": "40" });
  expect(refusalOf(throttle, "a", 60_000)).toBeUndefined();
  expect(refusalOf(throttle, "a", 60_001)?.status).toBe(429);
});

test("callers do not count for each other", () => {
  const throttle = new Throttle(1);
  expect(refusalOf(throttle, "a", 0)).toBeUndefined();
  expect(refusalOf(throttle, "b", 0)).toBeUndefined();
});

test("zero turns it off", () => {
  const throttle = new Throttle(0);
  for (let index = 0; index < 1_000; index += 1) expect(refusalOf(throttle, "a", 0)).toBeUndefined();
});
