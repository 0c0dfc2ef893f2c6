import { describe, expect, it } from "vitest";
import { isRoleSignatureValid, ROLE_MAX_SKEW_MS, signRole } from "./wire.ts";

const secret = "0123456789abcdef";
const request = { method: "GET", target: "/api/whatsapp/sessions?x=1", body: new Uint8Array() };
const atMs = 1_763_632_860_000;
const header = signRole({ ...request, atMs }, secret);

describe("a role signature", () => {
  it("holds for exactly the request it was made for", () => {
    expect(isRoleSignatureValid(header, request, { secret, nowMs: atMs })).toBe(true);
  });

  it.each([
    ["another method", { ...request, method: "POST" }],
    ["another query", { ...request, target: "/api/whatsapp/sessions?x=2" }],
    ["another body", { ...request, body: new Uint8Array([1]) }],
  ])("does not hold for %s", (_, other) => {
    expect(isRoleSignatureValid(header, other, { secret, nowMs: atMs })).toBe(false);
  });

  it("does not hold with another secret, too late, or malformed", () => {
    expect(isRoleSignatureValid(header, request, { secret: "fedcba9876543210", nowMs: atMs })).toBe(false);
    expect(isRoleSignatureValid(header, request, { secret, nowMs: atMs + ROLE_MAX_SKEW_MS + 1 })).toBe(false);
    expect(isRoleSignatureValid("t=1,v1=00", request, { secret, nowMs: atMs })).toBe(false);
  });
});
