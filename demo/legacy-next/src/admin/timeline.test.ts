import type { Message, Thread } from "@ipnuo/domain/message";
import { expect, test } from "vitest";
import { toTimeline } from "./timeline.ts";

const message = (id: string, timestamp: string): Message => ({ id, timestamp }) as Message;
const note = (id: string, createdAt: string) => ({ id, createdAt, text: id, authorName: "System" }) as Thread["activities"][number];
const thread = (parts: Partial<Thread>): Thread => ({ success: true, messages: [], sessionSummaries: [], activities: [], hasMore: false, ...parts });
const keys = (parts: Partial<Thread>): string[] => toTimeline(thread(parts)).map(({ key }) => key);

test("an empty thread has no rows", () => {
  expect(keys({})).toEqual([]);
});

test("a heading stands before each day in UTC, once", () => {
  const messages = [message("a", "2026-11-22T23:59:59.000Z"), message("b", "2026-11-23T00:00:00.000Z"), message("c", "2026-11-23T09:00:00.000Z")];
  expect(keys({ messages })).toEqual(["day-2026-11-22", "a", "day-2026-11-23", "b", "c"]);
});

test("notes stand between messages, before those of the same instant", () => {
  const messages = [message("a", "2026-11-23T09:00:00.000Z"), message("b", "2026-11-23T10:00:00.000Z")];
  expect(keys({ messages, activities: [note("n", "2026-11-23T10:00:00.000Z")] })).toEqual(["day-2026-11-23", "a", "n", "b"]);
});

test("messages of one instant keep the API's order", () => {
  const at = "2026-11-23T09:00:00.000Z";
  expect(keys({ messages: [message("b", at), message("a", at)] })).toEqual(["day-2026-11-23", "b", "a"]);
});

test("a note older than the loaded part waits while there is more to load", () => {
  const messages = [message("a", "2026-11-23T09:00:00.000Z")];
  const activities = [note("n", "2026-11-20T10:00:00.000Z")];
  expect(keys({ messages, activities, hasMore: true })).toEqual(["day-2026-11-23", "a"]);
  expect(keys({ messages, activities })).toEqual(["day-2026-11-20", "n", "day-2026-11-23", "a"]);
});
