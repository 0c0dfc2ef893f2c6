import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { signToken, type Role } from "../auth/token.ts";
import { notFound } from "./api-error.ts";
import { readEndpoint, type RouteHandlers } from "./read-endpoint.ts";

const SECRET = "a-secret-for-tests-only";
const ORIGIN = "https://admin.example";
const answer = vi.fn<(tenantId: string, input: string) => Promise<unknown>>();
const log = vi.fn<(line: string) => void>();

beforeEach(() => {
  vi.stubEnv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none");
  vi.stubEnv("AUTH_SECRET", SECRET);
  vi.stubEnv("ALLOWED_ORIGINS", ORIGIN);
  vi.spyOn(console, "error").mockImplementation(log);
  answer.mockReset();
  log.mockReset();
  answer.mockImplementation((tenantId, input) => Promise.resolve({ tenantId, input }));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const endpoint = readEndpoint({
  path: "/api/whatsapp/things",
  role: "admin",
  failure: "get things",
  parse: (query) => query.required("id"),
  answer,
});

type Call = { method?: keyof RouteHandlers; search?: string; role?: Role | undefined; tenantId?: string | undefined; headers?: object };

async function call(options: Call = {}): Promise<Response> {
  const { method = "GET", search = "?id=1", headers = {} } = options;
  const role = "role" in options ? options.role : "admin";
  const tenantId = "tenantId" in options ? options.tenantId : "t1";
  const validity = { issuedAtSeconds: Math.floor(Date.now() / 1_000), lifetimeSeconds: 60 };
  const token = role === undefined ? undefined : await signToken({ userId: "u1", email: undefined, tenantId, role }, SECRET, validity);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return endpoint[method](new Request(`http://host/api/whatsapp/things${search}`, { method, headers: { ...authorization, ...headers } }));
}

test("a good request is answered with the JSON headers of the contract", async () => {
  const response = await call();
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('{"tenantId":"t1","input":"1"}');
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
});

test("checks run in the contract's order and nothing is answered before the last", async () => {
  const worst = { role: undefined, search: "", tenantId: undefined } as const;
  expect((await call({ ...worst, method: "POST" })).status).toBe(405);
  expect((await call(worst)).status).toBe(401);
  expect((await call({ ...worst, role: "user" })).status).toBe(403);
  expect(await (await call({ ...worst, role: "admin" })).json()).toEqual({ error: "id is required" });
  expect(await (await call({ tenantId: undefined })).json()).toEqual({ error: "User not associated with tenant" });
  expect(answer).not.toHaveBeenCalled();
});

test.each(["admin", "super_admin"] as const)("%s is admin enough", async (role) => {
  expect((await call({ role })).status).toBe(200);
});

test.each(["POST", "PUT", "PATCH", "DELETE"] as const)("%s is 405 with an empty body", async (method) => {
  const response = await call({ method });
  expect(response.status).toBe(405);
  expect(await response.text()).toBe("");
  expect(response.headers.get("x-request-id")).not.toBeNull();
});

test("OPTIONS tells the methods without asking who", async () => {
  const response = await call({ method: "OPTIONS", role: undefined });
  expect(response.status).toBe(204);
  expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
});

test("a slash at the end is another path", async () => {
  const response = await endpoint.GET(new Request("http://host/api/whatsapp/things/?id=1"));
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ error: "Not found" });
});

test("a method that Next cannot represent is 405", async () => {
  expect((await call({ headers: { "x-unsupported-method": "TRACE" } })).status).toBe(405);
});

test("a 401 says how to authenticate and carries CORS headers for a listed origin", async () => {
  const response = await call({ role: undefined, headers: { origin: ORIGIN } });
  expect(response.headers.get("www-authenticate")).toBe("Bearer");
  expect(response.headers.get("access-control-allow-origin")).toBe(ORIGIN);
  expect(response.headers.get("access-control-allow-credentials")).toBe("true");
  expect(response.headers.get("vary")).toBe("Origin");
});

test.each(["https://evil.example", "null", "https://admin.example.evil.example"])("origin %s gets no CORS header", async (origin) => {
  const response = await call({ headers: { origin } });
  expect([...response.headers.keys()].filter((name) => name.startsWith("access-control") || name === "vary")).toEqual([]);
});

test("a well-formed request id is echoed, any other replaced", async () => {
  expect((await call({ headers: { "x-request-id": "a.B-9_" } })).headers.get("x-request-id")).toBe("a.B-9_");
  expect((await call({ headers: { "x-request-id": "a b" } })).headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect((await call({ headers: { "x-request-id": "x".repeat(65) } })).headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("an error of the contract passes unlogged", async () => {
  answer.mockRejectedValue(notFound("Contact not found"));
  const response = await call();
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ error: "Contact not found" });
  expect(log).not.toHaveBeenCalled();
});

test("anything unexpected is a 500 that shows and logs nothing from inside", async () => {
  answer.mockRejectedValue(new Error("Invalid `prisma.findMany()` with +15550000101"));
  const response = await call({ headers: { "x-request-id": "r1" } });
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ error: "Failed to get things", details: "r1" });
  expect(log.mock.calls.join()).toContain('"requestId":"r1"');
  expect(log.mock.calls.join()).not.toContain("15550000101");
});

test("a database out of reach is a 503 with a time to come back", async () => {
  answer.mockRejectedValue(Object.assign(new Error("down"), { code: "P1001" }));
  const response = await call({ headers: { "x-request-id": "r2" } });
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(await response.json()).toEqual({ error: "Service unavailable", details: "r2" });
});
