import { expect, test } from "vitest";
import { hashOfKey, storageKeyOf } from "./storage-key.ts";

const HASH = "ab".repeat(32);

test("a key tells the hash of its content, to its own tenant", () => {
  expect(hashOfKey(storageKeyOf("t1", HASH), "t1")).toBe(HASH);
  expect(hashOfKey(storageKeyOf("t1", HASH), "t2")).toBeUndefined();
});

test.each([
  `t1/../t2/ab/${HASH}`,
  `../t1/ab/${HASH}`,
  `t1/ab/../ab/${HASH}`,
  `t1/cd/${HASH}`,
  `t1/ab/${HASH}/`,
  `t1/ab/${HASH}\n`,
  `/t1/ab/${HASH}`,
  `t1/AB/${HASH.toUpperCase()}`,
  "",
])("%j is no key", (key) => {
  expect(hashOfKey(key, "t1")).toBeUndefined();
});

test("a tenant's id that would leave the folder is no part of a key", () => {
  expect(hashOfKey(storageKeyOf("../t1", HASH), "../t1")).toBeUndefined();
});
