import { generateKeyPairSync } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { seedTenants } from "../testing/seed.ts";
import { AUTH_SECRET, startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const PATH = "/api/whatsapp/sessions";
const ADMIN_PATH = "/api/admin/whatsapp";
const SECONDS = () => Math.floor(Date.now() / 1_000);

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url);
  await seedTenants(api.database);
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

async function expectUnauthorized(response: Response): Promise<void> {
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toBe("Bearer");
  expect(await response.text()).toBe('{"error":"Unauthorized"}');
}

describe("a request without a good token is refused", () => {
  it.each([
    ["none at all", async () => ({})],
    ["another scheme", async () => ({ authorization: `Basic ${await tokenFor({})}` })],
    ["an empty header", async () => ({ authorization: "" })],
    ["two tokens", async () => ({ authorization: `Bearer ${await tokenFor({})} ${await tokenFor({})}` })],
    ["no token after the scheme", async () => ({ authorization: "Bearer" })],
    ["another cookie", async () => ({ cookie: `session-token=${await tokenFor({})}` })],
    ["a bad header beside a good cookie", async () => ({ authorization: "Bearer x.y.z", cookie: `next-auth.session-token=${await tokenFor({})}` })],
    [
      "a bad secure cookie beside a good other one",
      async () => ({ cookie: `__Secure-next-auth.session-token=x.y.z; next-auth.session-token=${await tokenFor({})}` }),
    ],
  ])("%s", async (_name, headersOf) => {
    await expectUnauthorized(await api.get(PATH, { token: null, headers: await headersOf() }));
  });

  it.each<[string, () => Promise<string>]>([
    ["signed with another key", () => tokenFor({}, "another-secret-of-user-tokens")],
    ["expired this second", () => tokenFor({ exp: SECONDS() })],
    ["without exp", () => tokenFor({ exp: undefined })],
    ["with exp as text", () => tokenFor({ exp: String(SECONDS() + 600) })],
    ["not yet valid", () => tokenFor({ nbf: SECONDS() + 60 })],
    ["without sub", () => tokenFor({ sub: undefined })],
    ["with a number as sub", () => tokenFor({ sub: 1 })],
    ["with an empty sub", () => tokenFor({ sub: "" })],
    ["with aud", () => tokenFor({ aud: "ingest" })],
    ["with an empty list as aud", () => tokenFor({ aud: [] })],
    ["with a number as tenantId", () => tokenFor({ tenantId: 7 })],
    ["longer than 4,096 characters", () => tokenFor({ padding: "x".repeat(4_096) })],
    ["with alg none", async () => new UnsecuredJWT({ sub: "u1", tenantId: "t1", exp: SECONDS() + 600 }).encode()],
    [
      "with HS512",
      () =>
        new SignJWT({ sub: "u1", tenantId: "t1", exp: SECONDS() + 600 })
          .setProtectedHeader({ alg: "HS512" })
          .sign(Buffer.from(AUTH_SECRET.repeat(4))),
    ],
    [
      "with RS256",
      () =>
        new SignJWT({ sub: "u1", tenantId: "t1", exp: SECONDS() + 600 })
          .setProtectedHeader({ alg: "RS256" })
          .sign(generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey),
    ],
    ["cut short", async () => (await tokenFor({})).slice(0, -2)],
    ["no token", async () => "undefined"],
  ])("%s", async (_name, token) => {
    await expectUnauthorized(await api.get(PATH, { token: await token() }));
  });

  it("also when the token is in the query", async () => {
    await expectUnauthorized(await api.get(`${PATH}?token=${await tokenFor({})}&access_token=${await tokenFor({})}`, { token: null }));
  });
});

describe("a request with a good token is served", () => {
  it.each<[string, () => Promise<Record<string, string>>]>([
    ["in any case of the scheme", async () => ({ authorization: `bEARER ${await tokenFor({})}` })],
    ["in the secure cookie", async () => ({ cookie: `a=b; __Secure-next-auth.session-token=${await tokenFor({})}` })],
    ["in the plain cookie", async () => ({ cookie: `next-auth.session-token=${await tokenFor({})}; a=b` })],
    ["of the least role when the role is unknown", async () => ({ authorization: `Bearer ${await tokenFor({ role: "root" })}` })],
    ["of exactly 4,096 characters", async () => ({ authorization: `Bearer ${await tokenOfLength(4_096)}` })],
    ["with null instead of absent claims", async () => ({ authorization: `Bearer ${await tokenFor({ email: null })}` })],
    ["with nbf in the past", async () => ({ authorization: `Bearer ${await tokenFor({ nbf: SECONDS() - 5 })}` })],
  ])("%s", async (_name, headersOf) => {
    expect((await api.get(PATH, { token: null, headers: await headersOf() })).status).toBe(200);
  });
});

/** Base64 skips every fourth length: paddings of the payload and of the header together reach all. */
async function tokenOfLength(length: number): Promise<string> {
  const sign = (padding: number, kid: string) =>
    new SignJWT({ sub: "u1", tenantId: "t1", exp: SECONDS() + 600, padding: "x".repeat(padding) })
      .setProtectedHeader({ alg: "HS256", kid })
      .sign(Buffer.from(AUTH_SECRET));
  const most = Math.floor(((length - (await sign(0, "")).length) * 3) / 4);
  const candidates = [0, 1, 2, 3, 4].flatMap((less) => ["", "a", "ab"].map((kid) => sign(most - less, kid)));
  const token = (await Promise.all(candidates)).find((each) => each.length === length);
  if (token === undefined) throw new Error(`no token of ${length} characters`);
  return token;
}

describe("roles", () => {
  it.each([
    ["user", 403],
    ["root", 403],
    [undefined, 403],
    ["Admin", 403],
    ["admin", 200],
    ["super_admin", 200],
  ])("%s asks an admin endpoint: %s", async (role, status) => {
    const response = await api.get(ADMIN_PATH, { token: await tokenFor({ role }) });
    expect([response.status, await response.text()]).toEqual([status, status === 403 ? '{"error":"Forbidden"}' : "[]"]);
  });

  it("are checked before the fields", async () => {
    const token = await tokenFor({ role: "user" });
    expect((await api.get("/api/whatsapp/config", { token })).status).toBe(403);
  });
});

describe("the tenant", () => {
  it.each([undefined, null, ""])("%j in the claim is 400, after the fields", async (tenantId) => {
    const token = await tokenFor({ tenantId });
    const response = await api.get("/api/whatsapp/analytics?sessionId=s", { token });
    expect(response.status).toBe(400);
    expect(await response.text()).toBe('{"error":"User not associated with tenant"}');
    const invalid = await api.get("/api/whatsapp/analytics", { token });
    expect(await invalid.json()).toEqual({ error: "sessionId is required" });
  });
});
