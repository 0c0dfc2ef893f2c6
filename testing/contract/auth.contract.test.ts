import { describe, expect, it } from "vitest";
import type { Headers } from "./client.ts";
import { SESSION, TENANT, USER } from "./ids.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS, READS, targetOf } from "./requests.ts";
import { nowS, signToken } from "./tokens.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 1.2 and the order of checks of 1.3, on every read endpoint. */

const { client, get } = useWorld();

const MAX_TOKEN_CHARS = 4_096;
const PLAIN_COOKIE = "next-auth.session-token";
const SECURE_COOKIE = "__Secure-next-auth.session-token";

const good = (): string => signToken(CLAIMS.admin);
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const cookie = (token: string, name = PLAIN_COOKIE): Headers => ({ cookie: `${name}=${token}` });
const without = (...keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(CLAIMS.admin).filter(([key]) => !keys.includes(key)));

/** A token of about this many characters, by a claim nobody reads. */
function tokenOfLength(chars: number): string {
  const shortest = signToken({ ...CLAIMS.admin, padding: "" }).length;
  let padding = Math.floor(((chars - shortest) * 3) / 4);
  while (signToken({ ...CLAIMS.admin, padding: "x".repeat(padding) }).length > chars) padding -= 1;
  return signToken({ ...CLAIMS.admin, padding: "x".repeat(padding) });
}

function tampered(): string {
  const [header, , signature] = good().split(".");
  const payload = Buffer.from(JSON.stringify({ ...CLAIMS.owner, exp: nowS() + 60 })).toString("base64url");
  return `${header}.${payload}.${signature}`;
}

const REFUSED: readonly (readonly [what: string, headers: () => Headers])[] = [
  ["no token", () => ({})],
  ["garbage", () => bearer("garbage")],
  ["a token of two parts", () => bearer(good().split(".").slice(0, 2).join("."))],
  ["a bearer header without a token", () => ({ authorization: "Bearer" })],
  ["the token without a scheme", () => ({ authorization: good() })],
  ["another scheme", () => ({ authorization: `Basic ${good()}` })],
  ["alg none", () => bearer(signToken(CLAIMS.admin, { alg: "none" }))],
  ["alg none with a signature", () => bearer(`${signToken(CLAIMS.admin, { alg: "none" })}${good().split(".")[2]}`)],
  ["alg HS512 with the right secret", () => bearer(signToken(CLAIMS.admin, { alg: "HS512" }))],
  ["alg HS384 with the right secret", () => bearer(signToken(CLAIMS.admin, { alg: "HS384" }))],
  ["another secret", () => bearer(signToken(CLAIMS.admin, { secret: "another-secret-of-some-length" }))],
  ["a payload that was not signed", () => bearer(tampered())],
  ["an expired token, by a second", () => bearer(signToken({ ...CLAIMS.admin, exp: nowS() - 1 }))],
  ["no exp", () => bearer(signToken({ ...CLAIMS.admin, exp: undefined }))],
  ["an exp that is a text", () => bearer(signToken({ ...CLAIMS.admin, exp: String(nowS() + 60) }))],
  ["an aud", () => bearer(signToken({ ...CLAIMS.admin, aud: "ingest" }))],
  ["nbf in the future", () => bearer(signToken({ ...CLAIMS.admin, nbf: nowS() + 60 }))],
  ["no sub", () => bearer(signToken(without("sub")))],
  ["a sub that is a number", () => bearer(signToken({ ...CLAIMS.admin, sub: 7 }))],
  ["a token over 4,096 characters", () => bearer(tokenOfLength(MAX_TOKEN_CHARS + 40))],
  ["a bad bearer beside a good cookie", () => ({ ...bearer("garbage"), ...cookie(good()) })],
  ["an expired bearer beside a good cookie", () => ({ ...bearer(signToken({ ...CLAIMS.admin, exp: nowS() - 60 })), ...cookie(good()) })],
  ["another scheme beside a good cookie", () => ({ authorization: "Basic dXNlcjpwYXNz", ...cookie(good()) })],
  ["a bad cookie", () => cookie("garbage")],
  ["a cookie of another name", () => cookie(good(), "session-token")],
  ["a cookie signed with another secret", () => cookie(signToken(CLAIMS.admin, { secret: "another-secret-of-some-length" }), SECURE_COOKIE)],
];

const ACCEPTED: readonly (readonly [what: string, headers: () => Headers])[] = [
  ["a bearer token", () => bearer(good())],
  ["a scheme in lower case", () => ({ authorization: `bearer ${good()}` })],
  ["a scheme in upper case", () => ({ authorization: `BEARER ${good()}` })],
  ["the plain cookie", () => cookie(good())],
  ["the secure cookie", () => cookie(good(), SECURE_COOKIE)],
  ["a cookie among others", () => ({ cookie: `theme=dark; ${PLAIN_COOKIE}=${good()}; lang=es` })],
  ["the secure cookie before the plain one", () => ({ cookie: `${PLAIN_COOKIE}=garbage; ${SECURE_COOKIE}=${good()}` })],
  ["a good bearer beside a bad cookie", () => ({ ...bearer(good()), ...cookie("garbage") })],
  ["nbf in the past", () => bearer(signToken({ ...CLAIMS.admin, nbf: nowS() - 60 }))],
  ["a token of at most 4,096 characters", () => bearer(tokenOfLength(MAX_TOKEN_CHARS))],
  ["a super_admin", () => bearer(signToken(CLAIMS.owner))],
  ["no email", () => bearer(signToken(without("email")))],
  ["a user without a row", () => bearer(signToken({ ...CLAIMS.admin, sub: USER.absent }))],
  ["a claim nobody knows", () => bearer(signToken({ ...CLAIMS.admin, plan: { a: [1] } }))],
];

it("has tokens on both sides of the length limit", () => {
  expect(tokenOfLength(MAX_TOKEN_CHARS).length).toBeGreaterThan(MAX_TOKEN_CHARS - 8);
  expect(tokenOfLength(MAX_TOKEN_CHARS).length).toBeLessThanOrEqual(MAX_TOKEN_CHARS);
  expect(tokenOfLength(MAX_TOKEN_CHARS + 40).length).toBeGreaterThan(MAX_TOKEN_CHARS);
});

describe.each(SYSTEMS)("%s", (system) => {
  describe.each(READS)("$id", (endpoint) => {
    const target = targetOf(endpoint);

    it.each(REFUSED)("answers 401 to %s", async (_, headers) => {
      expect(await client(system).send({ target, headers: headers() })).toBeUnauthorized();
    });

    it("answers 401 to a token in the query", async () => {
      const mark = target.includes("?") ? "&" : "?";
      for (const key of ["token", "access_token", "jwt"])
        expect(await client(system).send({ target: `${target}${mark}${key}=${good()}` })).toBeUnauthorized();
    });

    it.each(ACCEPTED)("accepts %s", async (_, headers) => {
      expect(await client(system).send({ target, headers: headers() })).toBeJson();
    });

    it("answers 400 to a token without a tenant", async () => {
      expect(await get(system, target, { as: CLAIMS.tenantless })).toFailWith(400, "User not associated with tenant");
    });
  });

  describe.each(READS.filter(({ role }) => role === "admin"))("$id, for admins", (endpoint) => {
    it.each([
      ["the role user", "user"],
      ["no role", undefined],
      ["an unknown role", "root"],
      ["a role in upper case", "ADMIN"],
      ["a role that is a list", ["admin"]],
    ])("answers 403 to %s", async (_, role) => {
      expect(await get(system, targetOf(endpoint), { as: { ...CLAIMS.operator, role } })).toFailWith(403, "Forbidden");
    });

    it.each(["admin", "super_admin"])("accepts %s", async (role) => {
      expect(await get(system, targetOf(endpoint), { as: { ...CLAIMS.operator, role } })).toBeJson();
    });
  });

  describe.each(READS.filter(({ role }) => role === "user"))("$id, for users", (endpoint) => {
    it.each(["user", undefined, "root"])("accepts the role %s", async (role) => {
      expect(await get(system, targetOf(endpoint), { as: { ...CLAIMS.operator, role } })).toBeJson();
    });
  });

  it("checks in order: 401, 403, fields, tenant, 404", async () => {
    const config = "/api/whatsapp/config";
    expect(await client(system).send({ target: config })).toBeUnauthorized();
    expect(await get(system, config, { as: { ...CLAIMS.operator, tenantId: undefined } })).toFailWith(403, "Forbidden");
    expect(await get(system, config, { as: CLAIMS.tenantless })).toFailWith(400, "sessionId is required");
    const unknown = `?sessionId=${SESSION.absent}`;
    expect(await get(system, `${config}${unknown}`, { as: CLAIMS.tenantless })).toFailWith(400, "User not associated with tenant");
    expect(await get(system, `${config}${unknown}`)).toFailWith(404, "Session not found or access denied");
    for (const path of ["/api/whatsapp/analytics", "/api/whatsapp/contacts", "/api/whatsapp/messages"]) {
      expect(await get(system, `${path}${unknown}`, { as: CLAIMS.tenantless })).toFailWith(400, "User not associated with tenant");
    }
    expect(await get(system, "/api/whatsapp/analytics", { as: CLAIMS.tenantless })).toFailWith(400, "sessionId is required");
    expect(await get(system, "/api/whatsapp/chat-messages", { as: CLAIMS.tenantless })).toFailWith(400, "contactId is required");
    expect(await get(system, "/api/whatsapp/messages?status=NEW", { as: CLAIMS.tenantless })).toFailWith(400, "status is invalid");
  });

  it("takes the tenant from the token, never from the request", async () => {
    const own = await get(system, "/api/whatsapp/sessions");
    const asked = await get(system, `/api/whatsapp/sessions?tenantId=${TENANT.beta}`);
    expect(asked.text).toBe(own.text);
    const owner = await get(system, `/api/admin/whatsapp?tenantId=${TENANT.beta}`, { as: CLAIMS.owner });
    expect((bodyOf(owner) as { tenantId: string }[]).map(({ tenantId }) => tenantId)).not.toContain(TENANT.beta);
  });

  it("answers nothing of anybody to a tenant without rows", async () => {
    const as = { ...CLAIMS.admin, tenantId: TENANT.absent };
    const body = async (target: string): Promise<unknown> => bodyOf(await get(system, target, { as }));
    expect(await body("/api/whatsapp/sessions")).toEqual({ sessions: [], summary: { total: 0, connected: 0, qrRequired: 0, connecting: 0 } });
    expect(await body("/api/admin/whatsapp")).toEqual([]);
    expect(await body("/api/whatsapp/contacts")).toEqual({ contacts: [] });
    expect(await body("/api/whatsapp/messages")).toEqual({ success: true, messages: [], sessionSummaries: [], activities: [], hasMore: false });
    for (const path of ["analytics", "config", "contacts", "messages"]) {
      expect(await get(system, `/api/whatsapp/${path}?sessionId=${SESSION.live}`, { as })).toFailWith(404, "Session not found or access denied");
    }
  });
});
