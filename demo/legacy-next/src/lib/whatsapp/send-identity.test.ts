import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { payloadHash, whatsAppMessageId, type SendScope } from "./send-identity.ts";

const SCOPE: SendScope = { tenantId: "t1", userId: "u1", endpoint: "sends.text", key: "k" };
const SECRET = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

test("a message id has WhatsApp's form and follows from the scope alone", () => {
  // printf 't1\nu1\nsends.text\nk' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0011…
  expect(whatsAppMessageId(SCOPE, SECRET)).toBe("3EB055E24BCEAB6DA3D15A");
  expect(whatsAppMessageId({ ...SCOPE, key: "l" }, SECRET)).not.toBe(whatsAppMessageId(SCOPE, SECRET));
});

test("a payload's hash does not depend on the order of its keys, and null counts", () => {
  expect(payloadHash({ b: "2", a: null, file: { type: "x", name: "y" } })).toBe(payloadHash({ file: { name: "y", type: "x" }, a: null, b: "2" }));
  expect(payloadHash({ b: "2", a: null })).toBe(createHash("sha256").update('{"a":null,"b":"2"}').digest("hex"));
  expect(payloadHash({ b: "2", a: "" })).not.toBe(payloadHash({ b: "2", a: null }));
});
