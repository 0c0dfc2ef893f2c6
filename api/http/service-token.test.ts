import { SignJWT, type JWTPayload } from "jose";
import { describe, expect, it } from "vitest";
import { createServiceTokenVerifier } from "./service-token.ts";

const NOW_S = 1_800_000_000;
const SECRETS = ["the-new-secret-of-services", "the-old-secret-of-services"];
const verify = createServiceTokenVerifier(SECRETS, () => NOW_S * 1_000);

function sign(claims: object, secret = SECRETS[0] ?? "", alg = "HS256"): Promise<string> {
  const payload = { aud: "ingest", sub: "worker-1", scope: "ingest:messages ingest:media", iat: NOW_S, exp: NOW_S + 300, ...claims } as JWTPayload;
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}

describe("a service token", () => {
  it.each(SECRETS)("of any of the secrets names the worker and its scopes", async (secret) => {
    expect(await verify(await sign({}, secret))).toEqual({ serviceId: "worker-1", scopes: ["ingest:messages", "ingest:media"] });
  });

  it("may be issued 30 s ahead, and may have several audiences", async () => {
    expect(await verify(await sign({ iat: NOW_S + 30, exp: NOW_S + 330, aud: ["other", "ingest"] }))).toBeDefined();
  });

  it.each<[string, object]>([
    ["another audience", { aud: "user" }],
    ["no audience", { aud: undefined }],
    ["no subject", { sub: undefined }],
    ["no scope", { scope: undefined }],
    ["no issue time", { iat: undefined }],
    ["no expiry", { exp: undefined }],
    ["an expiry that has passed", { iat: NOW_S - 300, exp: NOW_S }],
    ["more than 300 s", { exp: NOW_S + 301 }],
    ["an issue time too far ahead", { iat: NOW_S + 31, exp: NOW_S + 100 }],
    ["a not-before to come", { nbf: NOW_S + 10 }],
  ])("with %s is none", async (_name, claims) => {
    expect(await verify(await sign(claims))).toBeUndefined();
  });

  it("of another secret, another algorithm, or junk is none", async () => {
    expect(await verify(await sign({}, "another-secret-of-services"))).toBeUndefined();
    expect(await verify(await sign({}, "the-new-secret-of-services".padEnd(64, "x"), "HS512"))).toBeUndefined();
    expect(await verify("junk")).toBeUndefined();
    expect(await createServiceTokenVerifier([], () => NOW_S * 1_000)(await sign({}))).toBeUndefined();
  });
});
