import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENDPOINTS } from "@ipnuo/domain/endpoints";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { OPERATIONS } from "../openapi/operations.ts";
import { databaseState } from "../testing/database-state.ts";
import { seedContact, seedSession, seedTenants } from "../testing/seed.ts";
import { ALLOWED_ORIGIN, startTestApi, tokenFor, type TestApi, type TestRequest } from "../testing/test-api.ts";

/** Endpoints whose bodies are JSON of the general kind. */
const OWN_BODIES = new Set(["sends.media", "realtime.auth"]);
const CHANGING = Object.values(ENDPOINTS).filter(({ id, method }) => id in OPERATIONS && method !== "GET");
const WRITES = CHANGING.filter(({ id }) => !OWN_BODIES.has(id)).map(({ id, method, path, role }) => ({
  id,
  method,
  role,
  path: path.replaceAll(/:\w+/g, "k1"),
}));
const JSON_TYPE = { "content-type": "application/json" };
const nested = (depth: number) => `{"x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
const sized = (bytes: number) => `{"x":"${"y".repeat(bytes - 8)}"}`;

let db: TestDatabase;
let api: TestApi;
let before: object;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url);
  await seedTenants(api.database);
  await seedSession(api.database, { sessionId: "s1" });
  await seedContact(api.database, { id: "k1", jid: "15550100001@s.whatsapp.net", pn: "15550100001@s.whatsapp.net" });
  before = await databaseState(api.database);
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

async function expectRefusal(response: Response, status: number, body: string): Promise<void> {
  expect(await response.text()).toBe(body);
  expect(response.status).toBe(status);
}

describe.each(WRITES)("$id", ({ method, path, role }) => {
  const send = (init: TestRequest) => api.get(path, { method, ...init });

  it.each<[string, string, Record<string, string>, readonly [status: number, error: string]]>([
    ["broken JSON", "{", JSON_TYPE, [400, "Invalid JSON body"]],
    ["white space", " ", JSON_TYPE, [400, "Invalid JSON body"]],
    ["a list", "[]", JSON_TYPE, [400, "Invalid JSON body"]],
    ["a text", '"x"', JSON_TYPE, [400, "Invalid JSON body"]],
    ["null", "null", JSON_TYPE, [400, "Invalid JSON body"]],
    ["a body nested 33 deep", nested(33), JSON_TYPE, [400, "Invalid JSON body"]],
    ["a body without a type", "{}", { "content-type": "" }, [415, "Unsupported content type"]],
    ["a form", "a=b", { "content-type": "application/x-www-form-urlencoded" }, [415, "Unsupported content type"]],
    ["a type that is none", "{}", { "content-type": "json; x" }, [415, "Unsupported content type"]],
    ["a body over 1 MiB", sized(1_048_577), JSON_TYPE, [413, "Payload too large"]],
    ["a body over 1 MiB of another type", sized(1_048_577), { "content-type": "text/plain" }, [415, "Unsupported content type"]],
  ])("refuses %s", async (_name, body, headers, [status, error]) => {
    await expectRefusal(await send({ body, headers }), status, JSON.stringify({ error }));
  });

  it.each([
    ["no token", { token: null }],
    ["an expired token", { token: "expired" }],
  ])("asks for a token before it looks at the body: %s", async (_name, { token }) => {
    const expired = await tokenFor({ exp: Math.floor(Date.now() / 1_000) - 1 });
    for (const body of ["{", sized(1_048_577)]) {
      const response = await send({ body, headers: { "content-type": "bad" }, token: token === null ? null : expired });
      await expectRefusal(response, 401, '{"error":"Unauthorized"}');
    }
  });

  it("asks for the role before it looks at the body", async () => {
    const response = await send({ body: "{", headers: JSON_TYPE, token: await tokenFor({ role: "user" }) });
    if (role === "admin") await expectRefusal(response, 403, '{"error":"Forbidden"}');
    else await expectRefusal(response, 400, '{"error":"Invalid JSON body"}');
  });

  it("refuses what another page makes a browser send", async () => {
    const cookie = `next-auth.session-token=${await tokenFor({})}`;
    for (const headers of [{ origin: "https://evil.example.com" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }] as Record<
      string,
      string
    >[]) {
      await expectRefusal(await send({ body: "{", token: null, headers: { cookie, ...headers } }), 403, '{"error":"Forbidden"}');
    }
    for (const headers of [{ origin: api.url }, { origin: ALLOWED_ORIGIN }, { "sec-fetch-site": "same-origin" }, {}] as Record<string, string>[]) {
      await expectRefusal(
        await send({ body: "{", token: null, headers: { cookie, ...JSON_TYPE, ...headers } }),
        400,
        '{"error":"Invalid JSON body"}',
      );
    }
    const bearer = { origin: "https://evil.example.com", ...JSON_TYPE };
    await expectRefusal(await send({ body: "{", headers: bearer }), 400, '{"error":"Invalid JSON body"}');
  });

  it("asks for a tenant after the fields", async () => {
    const token = await tokenFor({ tenantId: undefined });
    const response = await send({
      body: '{"sessionId":5,"userId":5,"supervisorId":5,"contactId":5,"messageId":5,"whatsappContactId":5}',
      headers: JSON_TYPE,
      token,
    });
    expect(response.status).toBe(400);
  });
});

it("nothing that was refused above wrote anything", async () => {
  expect(await databaseState(api.database)).toEqual(before);
});

describe("a JSON body", () => {
  const path = "/api/whatsapp/disconnect";
  const post = (body: string | Uint8Array, headers: Record<string, string> = JSON_TYPE) =>
    fetch(api.url + path, { method: "POST", body, headers: { ...headers, authorization } });
  let authorization: string;
  beforeAll(async () => {
    authorization = `Bearer ${await tokenFor({})}`;
  });

  it("is one with parameters of its type, in any case", async () => {
    for (const type of ["application/json; charset=utf-8", "Application/JSON", "application/json;x"]) {
      await expectRefusal(await post("{}", { "content-type": type }), 400, '{"error":"sessionId is required"}');
    }
  });

  it("that is absent is an empty one, whatever its type", async () => {
    await expectRefusal(await post("", { "content-type": "text/plain" }), 400, '{"error":"sessionId is required"}');
  });

  it("may be 32 deep and 1 MiB large", async () => {
    await expectRefusal(await post(nested(32)), 400, '{"error":"sessionId is required"}');
    await expectRefusal(await post(sized(1_048_576)), 400, '{"error":"sessionId is required"}');
  });

  it("is UTF-8", async () => {
    await expectRefusal(await post(Buffer.from('{"sessionId":"\xff"}', "latin1")), 400, '{"error":"Invalid JSON body"}');
  });

  it("has no prototype to offer", async () => {
    await expectRefusal(await post('{"__proto__":{"sessionId":"s1"}}'), 400, '{"error":"sessionId is required"}');
  });

  it("a hundred thousand deep is refused, not fatal", async () => {
    await expectRefusal(await post(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), 400, '{"error":"Invalid JSON body"}');
    await expectRefusal(await post(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`), 400, '{"error":"Invalid JSON body"}');
  });

  it("without a length is counted while it is read, and the connection serves on", async () => {
    const { hostname, port } = new URL(api.url);
    const reply = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const sent = request({ hostname, port, path, method: "POST", headers: { ...JSON_TYPE, authorization } }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode, text }));
      });
      sent.on("error", reject);
      for (let chunk = 0; chunk < 20; chunk += 1) sent.write("x".repeat(65_536));
      sent.end();
    });
    expect(reply).toEqual({ status: 413, text: '{"error":"Payload too large"}' });
    expect((await api.get("/api/whatsapp/sessions")).status).toBe(200);
  });
});

describe("throttling", () => {
  const socket = { socket_id: "1.2", channel_name: "private-user.u1" };

  it("of realtime authorisation is per user, tells when to come again, and comes before the body", async () => {
    let nowMs = Date.now();
    const limited = await startTestApi(db.url, { nowMs: () => nowMs }, { authRatePerMinute: 2 });
    try {
      const auth = async (sub: string) => limited.post("/api/chat/realtime/auth", socket, { token: await tokenFor({ sub }) });
      expect([(await auth("u1")).status, (await auth("u1")).status]).toEqual([503, 503]);
      nowMs += 20_000;
      const refused = await limited.get("/api/chat/realtime/auth", { method: "POST", body: "{", headers: { "content-type": "bad" } });
      expect(refused.headers.get("retry-after")).toBe("40");
      await expectRefusal(refused, 429, '{"error":"Too many requests"}');
      expect((await auth("u9")).status).toBe(403);
      expect((await limited.get("/api/chat/realtime/config")).status).toBe(200);
      nowMs += 40_000;
      expect((await auth("u1")).status).toBe(503);
    } finally {
      await limited.close();
    }
  });
});
