import type { GroupMetadata } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { createGroupCache } from "./group-cache.ts";

const DAY_MS = 24 * 60 * 60_000;
const group = (id: string, subject = "Team"): GroupMetadata => ({ id, subject, owner: undefined, participants: [] });

test("a group set exactly 24 h ago still counts, one a millisecond older does not", () => {
  let now = 0;
  const cache = createGroupCache(() => now);
  cache.set("main", group("1@g.us"));
  now = DAY_MS;
  expect(cache.get("main", "1@g.us")?.subject).toBe("Team");
  now = DAY_MS + 1;
  expect(cache.get("main", "1@g.us")).toBeUndefined();
  expect(cache.size()).toBe(0);
});

test("the 24 h begin with the last set", () => {
  let now = 0;
  const cache = createGroupCache(() => now);
  cache.set("main", group("1@g.us"));
  now = DAY_MS;
  cache.set("main", group("1@g.us", "New name"));
  now = 2 * DAY_MS;
  expect(cache.get("main", "1@g.us")?.subject).toBe("New name");
});

test("a group belongs to the session that set it, and clearing a session clears that one only", () => {
  const cache = createGroupCache(() => 0);
  cache.set("one", group("1@g.us", "of one"));
  cache.set("two", group("1@g.us", "of two"));
  expect(cache.get("one", "1@g.us")?.subject).toBe("of one");
  cache.clear("one");
  expect(cache.get("one", "1@g.us")).toBeUndefined();
  expect(cache.get("two", "1@g.us")?.subject).toBe("of two");
});

test("with more groups than it holds the one that was set longest ago leaves, whenever it was read", () => {
  const cache = createGroupCache(() => 0, 2);
  cache.set("main", group("1@g.us"));
  cache.set("main", group("2@g.us"));
  cache.set("main", group("1@g.us"));
  cache.get("main", "2@g.us");
  cache.set("main", group("3@g.us"));
  expect(["1@g.us", "2@g.us", "3@g.us"].map((jid) => cache.get("main", jid) !== undefined)).toEqual([true, false, true]);
});
