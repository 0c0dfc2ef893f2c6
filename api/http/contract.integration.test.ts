import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENDPOINTS } from "@ipnuo/domain/endpoints";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { OPERATIONS } from "../openapi/operations.ts";
import { seedTenants } from "../testing/seed.ts";
import { ALLOWED_ORIGIN, startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";
import { pathsOf } from "./endpoint.decorator.ts";

const PATH = "/api/whatsapp/sessions";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SERVED = Object.values(ENDPOINTS).filter(({ id }) => id in OPERATIONS);
const ALL_PATHS = [...new Set(SERVED.flatMap(({ path, aliases }) => [path, ...aliases]).flatMap(pathsOf))];

/** Methods of a path by the index, as `Allow` names them. `/transfer-requests/pending` is itself, not some request's path. */
function allowed(path: string): string {
  const methods = SERVED.filter((endpoint) => [endpoint.path, ...endpoint.aliases].flatMap(pathsOf).includes(path)).map(
    ({ method }) => method as string,
  );
  return [...new Set([...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].toSorted().join(", ");
}

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

/** The request target as it is, which fetch would tidy up. */
function rawStatus(target: string, method = "GET"): Promise<{ status: number; type: string | undefined; id: string | undefined; text: string }> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: target, method, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"], id: response.headers["x-request-id"] as string, text }),
      );
    })
      .on("error", reject)
      .end();
  });
}

describe("every endpoint of the index", () => {
  it.each(SERVED.flatMap(({ method, path, aliases }) => [path, ...aliases].flatMap(pathsOf).map((each) => [method, each] as const)))(
    "%s %s is served, and asks for a token",
    async (method, path) => {
      expect((await api.get(path, { method, token: null })).status).toBe(401);
    },
  );

  it.each(ALL_PATHS)("%s refuses other methods with 405 and an empty body", async (path) => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"].filter((each) => !allowed(path).split(", ").includes(each))) {
      const response = await api.get(path, { method, token: null, ...(method === "POST" ? { body: "{}" } : {}) });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe(allowed(path));
      expect(response.headers.get("content-type")).toBeNull();
      expect(await response.text()).toBe("");
    }
  });

  it.each(ALL_PATHS)("%s answers OPTIONS without a token", async (path) => {
    const response = await api.get(path, { method: "OPTIONS", token: null });
    expect(response.status).toBe(204);
    expect(response.headers.get("allow")).toBe(allowed(path));
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(await response.text()).toBe("");
  });
});

describe("the headers of a JSON reply", () => {
  it.each([
    ["success", PATH, 200],
    ["a refusal", "/api/whatsapp/config", 400],
    ["an unknown path", "/api/whatsapp/nothing", 404],
    ["an unknown session", "/api/whatsapp/analytics?sessionId=x", 404],
  ])("are exact for %s", async (_name, path, status) => {
    const response = await api.get(path);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("etag")).toBeNull();
    expect(response.headers.get("vary")).toBeNull();
    expect(response.headers.get("x-powered-by")).toBeNull();
  });

  it.each([
    ["success", PATH],
    ["a refusal", "/api/whatsapp/config"],
    ["no token", null],
    ["an unknown path", "/api/whatsapp/nothing"],
  ])("are the same for HEAD, without the body: %s", async (_name, path) => {
    const init = path === null ? { token: null } : {};
    const [get, head] = await Promise.all([api.get(path ?? PATH, init), api.get(path ?? PATH, { ...init, method: "HEAD" })]);
    const kept = (response: Response) =>
      Object.fromEntries([...response.headers].filter(([name]) => !["x-request-id", "date", "connection", "keep-alive"].includes(name)));
    expect(head.status).toBe(get.status);
    expect(kept(head)).toEqual(kept(get));
    expect(await head.text()).toBe("");
  });
});

describe("the request id", () => {
  it.each(["a", "A-z_0.9", "x".repeat(64)])("%s is echoed", async (id) => {
    const response = await api.get(PATH, { headers: { "x-request-id": id } });
    expect(response.headers.get("x-request-id")).toBe(id);
  });

  it.each(["", "x".repeat(65), "a b", "a/b", "a, b", "ü"])("%j is replaced", async (id) => {
    const response = await api.get(PATH, { headers: { "x-request-id": id } });
    expect(response.headers.get("x-request-id")).toMatch(UUID);
  });

  it.each([
    ["401", PATH, { token: null }],
    ["404", "/nothing", {}],
    ["405", PATH, { method: "PATCH" }],
    ["204", PATH, { method: "OPTIONS" }],
  ])("is on a %s", async (_status, path, init) => {
    const response = await api.get(path, { ...init, headers: { "x-request-id": "r1" } });
    expect(response.headers.get("x-request-id")).toBe("r1");
  });
});

describe("unknown paths", () => {
  it.each([
    "/",
    "/api",
    "/api/whatsapp",
    "/api/whatsapp/",
    "/api/whatsapp/sessions/",
    "/api/whatsapp//sessions",
    "/API/whatsapp/sessions",
    "/api/v2/whatsapp/sessions",
    "/api/v1/api/whatsapp/sessions",
    "/api/whatsapp/%zz",
    "/api/whatsapp/../whatsapp/sessions",
    "/api/whatsapp/sessions%00",
    "/api/v1/docs",
  ])("%s is 404", async (path) => {
    const reply = await rawStatus(path);
    expect(reply).toMatchObject({ status: 404, type: "application/json", text: '{"error":"Not found"}' });
    expect(reply.id).toMatch(UUID);
  });

  it("are 404 for every method, OPTIONS too", async () => {
    for (const method of ["OPTIONS", "POST", "DELETE", "PROPFIND", "TRACE"]) {
      expect(await rawStatus("/api/whatsapp/nothing", method)).toMatchObject({ status: 404, text: '{"error":"Not found"}' });
    }
  });
});

describe("what is no HTTP", () => {
  it.each([
    ["no request line", "nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request", '{"error":"Bad request"}'],
    [
      "headers without end",
      `GET ${PATH} HTTP/1.1\r\nx: ${"x".repeat(20_000)}\r\n\r\n`,
      "HTTP/1.1 431 Request Header Fields Too Large",
      '{"error":"Request header fields too large"}',
    ],
  ])("%s is refused in the contract's form", async (_name, bytes, status, body) => {
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
    socket.write(bytes);
    await once(socket, "close");
    expect(answer.split("\r\n")[0]).toBe(status);
    expect(answer.split("\r\n\r\n")[1]).toBe(body);
  });
});

describe("CORS", () => {
  const EXPECTED = {
    "access-control-allow-origin": ALLOWED_ORIGIN,
    vary: "Origin",
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "DELETE, GET, HEAD, OPTIONS, POST",
    "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key, X-Request-Id",
  };

  it.each([
    ["a preflight", { method: "OPTIONS", token: null }],
    ["the actual reply", {}],
    ["a refusal", { token: null }],
    ["a 405", { method: "PATCH" }],
  ])("headers are on %s for an allowed origin", async (_name, init) => {
    const response = await api.get(PATH, { ...init, headers: { origin: ALLOWED_ORIGIN } });
    expect(Object.fromEntries(response.headers)).toMatchObject(EXPECTED);
  });

  it.each(["https://evil.example.com", `${ALLOWED_ORIGIN}.evil.com`, "http://admin.example.com", "null", "*"])(
    "headers are absent for %s",
    async (origin) => {
      for (const method of ["OPTIONS", "GET"]) {
        const response = await api.get(PATH, { method, headers: { origin } });
        expect([...response.headers.keys()].filter((name) => name.startsWith("access-control") || name === "vary")).toEqual([]);
      }
    },
  );
});

describe("the query", () => {
  it.each([
    ["a repeated key: the first counts", "sessionId=&sessionId=s"],
    ["an empty value counts as absent", "sessionId="],
    ["blank is required", "sessionId=%20%09"],
    ["other keys are ignored", "SessionId=s&session=s"],
  ])("%s", async (_name, query) => {
    const response = await api.get(`/api/whatsapp/analytics?${query}`);
    expect(await response.text()).toBe('{"error":"sessionId is required"}');
    expect(response.status).toBe(400);
  });

  it("with several problems names all, in the order of the table", async () => {
    const response = await api.get("/api/whatsapp/chat-messages?jid=nobody&status=pending&limit=x");
    expect(response.status).toBe(400);
    expect(await response.text()).toBe('{"error":"contactId is required","details":["contactId is required","jid is invalid","status is invalid"]}');
  });

  it.each(["/api/whatsapp/status?sessionId=a%00b", "/api/whatsapp/status?sessionId=%zz%ff", "/api/whatsapp/contacts?limit=%00&offset=%ff"])(
    "%s is no error of ours",
    async (path) => {
      expect((await api.get(path)).status).toBe(200);
    },
  );

  it.each([
    ["/api/whatsapp/contacts?sessionId=a%00b", "Session not found or access denied"],
    ["/api/whatsapp/analytics?sessionId=a%00b", "Session not found or access denied"],
    ["/api/whatsapp/config?sessionId=a%00b", "Session not found or access denied"],
    ["/api/whatsapp/messages?contactId=a%00b", "Contact not found"],
    ["/api/whatsapp/messages?before=a%00b", "Message not found"],
  ])("%s is unknown", async (path, error) => {
    const response = await api.get(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error });
  });
});

describe("the log", () => {
  it("has one line per request: id, endpoint, status, duration, and nothing of the caller", async () => {
    const token = await tokenFor({ email: "secret@example.com" });
    const before = api.logLines.length;
    await api.get("/api/v1/whatsapp/status?sessionId=15550100001&secret=1", { token, headers: { "x-request-id": "log-1" } });
    const lines = api.logLines.slice(before).filter((line) => line.includes("log-1"));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      level: "debug",
      time: expect.any(String),
      program: "api",
      requestId: "log-1",
      endpoint: "sessions.status",
      status: 200,
      tookMs: expect.any(Number),
      msg: "request answered",
    });
    expect(api.logLines.join("")).not.toMatch(/15550100001|secret|Bearer/);
  });
});
