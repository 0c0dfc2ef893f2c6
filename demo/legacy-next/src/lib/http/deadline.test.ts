import { expect, test } from "vitest";
import { DeadlineError, withDeadline } from "./deadline.ts";

test("an answer in time passes", async () => {
  await expect(withDeadline(Promise.resolve("done"), 1_000)).resolves.toBe("done");
});

test("an error in time passes", async () => {
  await expect(withDeadline(Promise.reject(new TypeError("bad")), 1_000)).rejects.toThrow(TypeError);
});

test("work that does not end is given up", async () => {
  await expect(withDeadline(new Promise(() => undefined), 1)).rejects.toThrow(DeadlineError);
});
