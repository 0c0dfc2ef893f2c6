import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signRole } from "../../lib/wire.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { seedTenants } from "../testing/seed.ts";
import { SHADOW_SECRET, startTestApi, type TestApi } from "../testing/test-api.ts";

const TARGET = "/api/v1/whatsapp/status?sessionId=s";

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

type Signed = { method?: string; target?: string; body?: string; secret?: string; atMs?: number };

function asCandidate({ method = "GET", target = TARGET, body = "", secret = SHADOW_SECRET, atMs = Date.now() }: Signed = {}) {
  return { "x-parallax-role": "candidate", "x-parallax-signature": signRole({ method, target, body: Buffer.from(body), atMs }, secret) };
}

describe("the shadow role", () => {
  it("reads as everybody does", async () => {
    const [plain, shadow] = await Promise.all([api.get(TARGET), api.get(TARGET, { headers: asCandidate() })]);
    expect(shadow.status).toBe(200);
    expect(await shadow.text()).toBe(await plain.text());
    expect((await api.get(TARGET, { method: "HEAD", headers: asCandidate({ method: "HEAD" }) })).status).toBe(200);
  });

  it("still needs the client's token", async () => {
    expect((await api.get(TARGET, { token: null, headers: asCandidate() })).status).toBe(401);
  });

  it.each(["POST", "PATCH", "PUT", "DELETE"])("may not %s", async (method) => {
    for (const target of ["/api/whatsapp/chat-messages", "/api/whatsapp/connect", "/api/whatsapp/status"]) {
      const body = JSON.stringify({ sessionId: "s" });
      const response = await api.get(target, { method, body, headers: asCandidate({ method, target, body }) });
      expect(response.status).toBe(403);
      expect(await response.text()).toBe('{"error":"Shadow role is read-only"}');
    }
  });

  it.each<[string, Record<string, string>]>([
    ["no signature", { "x-parallax-role": "candidate" }],
    ["junk", { "x-parallax-role": "candidate", "x-parallax-signature": "junk" }],
    ["another secret", asCandidate({ secret: "another-secret-of-the-shadow" })],
    ["another path", asCandidate({ target: "/api/v1/whatsapp/status?sessionId=other" })],
    ["another method", asCandidate({ method: "HEAD" })],
    ["an old time", asCandidate({ atMs: Date.now() - 400_000 })],
    ["a time to come", asCandidate({ atMs: Date.now() + 400_000 })],
    ["a role nobody has", { ...asCandidate(), "x-parallax-role": "primary" }],
  ])("with %s is 401", async (_name, headers) => {
    const response = await api.get(TARGET, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await response.text()).toBe('{"error":"Unauthorized"}');
  });

  it("is bound to the body of a write", async () => {
    const target = "/api/whatsapp/connect";
    const response = await api.get(target, { method: "POST", body: "{}", headers: asCandidate({ method: "POST", target, body: "{ }" }) });
    expect(response.status).toBe(401);
  });

  it("is refused where no secret is configured", async () => {
    const other = await startTestApi(db.url, {}, { shadowSecret: undefined });
    expect((await other.get(TARGET, { headers: asCandidate() })).status).toBe(401);
    expect((await other.get(TARGET)).status).toBe(200);
    await other.close();
  });

  it("does not read a body without end", async () => {
    const target = "/api/whatsapp/connect";
    const body = "x".repeat(1_048_577);
    const response = await api.get(target, { method: "POST", body, headers: asCandidate({ method: "POST", target, body }) });
    expect(response.status).toBe(413);
    expect(await response.text()).toBe('{"error":"Payload too large"}');
  });
});
