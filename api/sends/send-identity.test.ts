import { createHash, createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { payloadHashOf, whatsappIdOf } from "./send-identity.ts";

const SECRET = "0f".repeat(32);
const SCOPE = { tenantId: "t1", userId: "u1", endpoint: "sends.text", key: "k1" } as const;

it("derives WhatsApp's id from the session's secret and the whole scope", () => {
  const mac = createHmac("sha256", Buffer.from(SECRET, "hex")).update("t1\nu1\nsends.text\nk1").digest("hex");
  expect(whatsappIdOf(SECRET, SCOPE)).toBe(`3EB0${mac.slice(0, 18).toUpperCase()}`);
  expect(whatsappIdOf(SECRET, SCOPE)).toMatch(/^3EB0[0-9A-F]{18}$/);
  const others = [{ tenantId: "t2" }, { userId: "u2" }, { endpoint: "sends.media" as const }, { key: "k2" }];
  const ids = [
    whatsappIdOf(SECRET, SCOPE),
    whatsappIdOf("00".repeat(32), SCOPE),
    ...others.map((other) => whatsappIdOf(SECRET, { ...SCOPE, ...other })),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

it("hashes what is asked for, whatever the order of keys", () => {
  expect(payloadHashOf({ b: 1, a: { d: [2, 1], c: undefined } })).toBe(createHash("sha256").update('{"a":{"d":[2,1]},"b":1}').digest("hex"));
  expect(payloadHashOf({ a: "1" })).not.toBe(payloadHashOf({ a: 1 }));
});
