import { describe, expect, it } from "vitest";
import { allowsClientEvents, isChannelName, kindOf, needsAuth } from "./channel-name.ts";

describe("a channel's name", () => {
  it.each([
    ["whatsapp.s1", "public", false, false],
    ["private-whatsapp.s1", "private", true, true],
    ["presence-tenant.t1.online", "presence", true, true],
    ["private-encrypted-a", "encrypted", true, false],
  ] as const)("%s is of the kind %s", (name, kind, auth, clientEvents) => {
    expect(kindOf(name)).toBe(kind);
    expect(needsAuth(name)).toBe(auth);
    expect(allowsClientEvents(name)).toBe(clientEvents);
  });

  it.each([
    ["presence-tenant.t1.thread.a--b", true],
    ["_=@,.;-", true],
    ["x".repeat(200), true],
    ["x".repeat(201), false],
    ["", false],
    ["a:b", false],
    ["a\n", false],
    ["ä", false],
  ])("%s is allowed: %s", (name, isAllowed) => {
    expect(isChannelName(name)).toBe(isAllowed);
  });
});
