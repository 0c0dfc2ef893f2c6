import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { verifyWorker } from "./service-token.ts";

const NOW_S = 1_800_000_000;
const SECRETS = ["the-new-service-secret", "the-old-service-secret"];
const GOOD = { aud: "ingest", sub: "worker-1", scope: "ingest:messages ingest:media", iat: NOW_S, exp: NOW_S + 300 };

async function verify(claims: Record<string, unknown>, { secret = SECRETS[0], alg = "HS256" } = {}) {
  const token = await new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
  return verifyWorker(`Bearer ${token}`, SECRETS, NOW_S * 1_000);
}

test("a good token tells worker and scopes", async () => {
  expect(await verify(GOOD)).toEqual({ workerId: "worker-1", scopes: new Set(["ingest:messages", "ingest:media"]) });
});

test("during a rotation the old secret verifies too", async () => {
  expect(await verify(GOOD, { secret: SECRETS[1] ?? "" })).toBeDefined();
});

test("a token without scopes is good and may do nothing", async () => {
  expect((await verify({ ...GOOD, scope: undefined }))?.scopes.size).toBe(0);
});

test.each([
  ["another secret", GOOD, { secret: "somebody-else's-secret" }],
  ["another algorithm", GOOD, { alg: "HS512" }],
  ["a user's token", { sub: "u", exp: NOW_S + 60, role: "admin" }, {}],
  ["another audience", { ...GOOD, aud: "other" }, {}],
  ["no worker", { ...GOOD, sub: undefined }, {}],
  ["no time of issue", { ...GOOD, iat: undefined }, {}],
  ["no end", { ...GOOD, exp: undefined }, {}],
  ["a past end", { ...GOOD, iat: NOW_S - 300, exp: NOW_S }, {}],
  ["too long a life", { ...GOOD, exp: NOW_S + 301 }, {}],
  ["an issue in the future", { ...GOOD, iat: NOW_S + 31, exp: NOW_S + 60 }, {}],
])("%s is refused", async (_name, claims, options) => {
  expect(await verify(claims, options)).toBeUndefined();
});

test("nobody is let in while there is no secret", async () => {
  const token = await new SignJWT(GOOD).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode("any-secret-at-all"));
  expect(await verifyWorker(`Bearer ${token}`, [], NOW_S * 1_000)).toBeUndefined();
  expect(await verifyWorker(null, SECRETS, NOW_S * 1_000)).toBeUndefined();
});
