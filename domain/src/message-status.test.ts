import { expect, it } from "vitest";
import { messageStatus } from "./enums.ts";
import { isHigherStatus, provesDispatch } from "./message-status.ts";

it("orders statuses as PENDING, FAILED, SENT, DELIVERED, READ", () => {
  const rising = ["PENDING", "FAILED", "SENT", "DELIVERED", "READ"] as const;
  for (const [high, next] of rising.entries()) for (const [low, stored] of rising.entries()) expect(isHigherStatus(next, stored)).toBe(high > low);
});

it("takes SENT and everything above as proof of dispatch", () => {
  expect(messageStatus.options.filter(provesDispatch)).toEqual(["SENT", "DELIVERED", "READ"]);
});
