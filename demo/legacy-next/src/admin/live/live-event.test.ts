import { describe, expect, it } from "vitest";
import { keyOf } from "./live-event.ts";
import { RecentKeys } from "./recent-keys.ts";

const channel = "private-whatsapp.s1";
const envelope = { sessionId: "s1", tenantId: "t1", timestamp: 1 };

describe("keyOf", () => {
  it("is the same for a message that is told again later", () => {
    const event = "message.received";
    const data = { messageId: "M1", content: "x", ...envelope };
    expect(keyOf({ channel, event, data: { ...data, timestamp: 2 } })).toBe(keyOf({ channel, event, data }));
    expect(keyOf({ channel, event, data: { ...data, messageId: "M2" } })).not.toBe(keyOf({ channel, event, data }));
    expect(keyOf({ channel: "private-whatsapp.s2", event, data })).not.toBe(keyOf({ channel, event, data }));
  });

  it("tells a message's states apart", () => {
    const key = (status: string) => keyOf({ channel, event: "message.status", data: { messageId: "M1", status, ...envelope } });
    expect(key("DELIVERED")).not.toBe(key("READ"));
  });

  it("tells two connection updates with one status apart by their time", () => {
    const key = (timestamp: number) => keyOf({ channel, event: "connection.update", data: { status: "connecting", ...envelope, timestamp } });
    expect(key(1)).toBe(key(1));
    expect(key(1)).not.toBe(key(2));
  });
});

describe("RecentKeys", () => {
  it("knows a key again, and forgets the oldest when it is full", () => {
    const keys = new RecentKeys(2);
    expect(["a", "a", "b", "a", "c", "b", "a"].map((key) => keys.isNew(key))).toEqual([true, false, true, false, true, false, true]);
  });
});
