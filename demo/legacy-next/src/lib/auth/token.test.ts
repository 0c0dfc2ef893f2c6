import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { signToken, verifyToken } from "./token.ts";

const SECRET = "a-secret-for-tests-only";
const now = (): number => Math.floor(Date.now() / 1_000);
const CLAIMS = { sub: "u1", email: "agent@example.test", tenantId: "t1", role: "admin", exp: now() + 600 };

const sign = (claims: object, alg = "HS256", secret = SECRET): Promise<string> =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));

test("a good token tells who calls", async () => {
  expect(await verifyToken(await sign(CLAIMS), SECRET)).toEqual({ userId: "u1", email: "agent@example.test", tenantId: "t1", role: "admin" });
});

test("what signToken makes, verifyToken takes", async () => {
  const caller = { userId: "u1", email: undefined, tenantId: "t1", role: "super_admin" } as const;
  const token = await signToken(caller, SECRET, { issuedAtSeconds: now(), lifetimeSeconds: 60 });
  expect(await verifyToken(token, SECRET)).toEqual(caller);
});

test.each([
  ["without exp", { ...CLAIMS, exp: undefined }],
  ["with exp as text", { ...CLAIMS, exp: "9999999999" }],
  ["that ends this second: there is no leeway", { ...CLAIMS, exp: now() }],
  ["from the future", { ...CLAIMS, nbf: now() + 5 }],
  ["without sub", { ...CLAIMS, sub: undefined }],
  ["with an empty sub", { ...CLAIMS, sub: "" }],
  ["with a number for sub", { ...CLAIMS, sub: 7 }],
  ["with an audience", { ...CLAIMS, aud: "ingest" }],
  ["with an empty audience", { ...CLAIMS, aud: [] }],
  ["with a number for tenantId", { ...CLAIMS, tenantId: 7 }],
])("a token %s is refused", async (_name, claims) => {
  expect(await verifyToken(await sign(claims), SECRET)).toBeUndefined();
});

test.each(["HS384", "HS512"])("%s is refused, however good the key", async (alg) => {
  expect(await verifyToken(await sign(CLAIMS, alg), SECRET)).toBeUndefined();
});

test("alg none and foreign keys are refused", async () => {
  const [, payload] = (await sign(CLAIMS)).split(".");
  const header = Buffer.from('{"alg":"none"}').toString("base64url");
  expect(await verifyToken(`${header}.${payload}.`, SECRET)).toBeUndefined();
  expect(await verifyToken(await sign(CLAIMS, "HS256", "another-secret-for-tests"), SECRET)).toBeUndefined();
  expect(await verifyToken("abc", SECRET)).toBeUndefined();
});

test("more than 4,096 characters are refused", async () => {
  const padded = (length: number): Promise<string> => sign({ ...CLAIMS, pad: "x".repeat(length) });
  expect((await padded(4_000)).length).toBeGreaterThan(4_096);
  expect(await verifyToken(await padded(4_000), SECRET)).toBeUndefined();
  expect(await verifyToken(await padded(2_500), SECRET)).toBeDefined();
});

test.each([["owner"], [undefined], [7], ["ADMIN"]])("role %s counts as user", async (role) => {
  expect((await verifyToken(await sign({ ...CLAIMS, role }), SECRET))?.role).toBe("user");
});

test.each([undefined, null, ""])("tenantId %s is no tenant", async (tenantId) => {
  expect((await verifyToken(await sign({ ...CLAIMS, tenantId }), SECRET))?.tenantId).toBeUndefined();
});
