import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { signToken, type Role } from "../auth/token.ts";
import { tooManyRequests } from "./api-error.ts";
import { readMethod } from "./read-endpoint.ts";
import { Reply } from "./reply.ts";
import { route, type RouteHandlers } from "./route.ts";
import { writeMethod } from "./write-endpoint.ts";

const SECRET = "a-secret-for-tests-only";
const ORIGIN = "https://admin.example";
const answer = vi.fn<(tenantId: string, input: unknown) => Promise<unknown>>();
const throttle = vi.fn<() => void>();

beforeEach(() => {
  vi.stubEnv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none");
  vi.stubEnv("AUTH_SECRET", SECRET);
  vi.stubEnv("ALLOWED_ORIGINS", ORIGIN);
  vi.stubEnv("RETIRED_FAMILIES", "transfers");
  answer.mockReset();
  throttle.mockReset();
  answer.mockImplementation((tenantId, input) => Promise.resolve({ tenantId, input }));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const handlers = route("/api/whatsapp/things/:thingId", {
  GET: readMethod({
    family: "transfers",
    role: "user",
    failure: "get things",
    parse: () => undefined,
    answer,
  }),
  POST: writeMethod({
    family: "contacts",
    role: "admin",
    failure: "save thing",
    throttle,
    maxBytes: 1_024,
    parse: ({ query, body, parameters }) => ({
      in: query.required("in"),
      name: body.text("name", { max: 3 }),
      size: body.optionalChoice("size", ["s", "m"]),
      id: parameters["thingId"],
    }),
    answer: ({ tenantId }, input) => answer(tenantId, input),
  }),
});

type Call = {
  readonly method?: keyof RouteHandlers;
  readonly path?: string;
  readonly role?: Role | undefined;
  readonly tenantId?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly body?: BodyInit | undefined;
  readonly isCookie?: boolean;
};

async function call(options: Call = {}): Promise<Response> {
  const { method = "POST", path = "/api/whatsapp/things/t?in=x", headers = {} } = options;
  const role = "role" in options ? options.role : "admin";
  const tenantId = "tenantId" in options ? options.tenantId : "t1";
  const validity = { issuedAtSeconds: Math.floor(Date.now() / 1_000), lifetimeSeconds: 60 };
  const token = role === undefined ? undefined : await signToken({ userId: "u1", email: undefined, tenantId, role }, SECRET, validity);
  const credentials: Record<string, string> = options.isCookie
    ? { cookie: `next-auth.session-token=${token}` }
    : { authorization: `Bearer ${token}` };
  const body = "body" in options ? options.body : '{"name":"abc"}';
  return handlers[method](
    new Request(`http://host${path}`, {
      method,
      headers: { "content-type": "application/json", host: "host", ...(token === undefined ? {} : credentials), ...headers },
      ...(method === "GET" || body === undefined ? {} : { body, duplex: "half" }),
    }),
  );
}

const problemsOf = async (options: Call): Promise<unknown> => {
  const response = await call(options);
  return [response.status, await response.json()];
};

test("a good request reaches the answer with what was parsed", async () => {
  const response = await call();
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ tenantId: "t1", input: { in: "x", name: "abc", id: "t" } });
});

test("checks run in the contract's order and nothing happens before the last", async () => {
  throttle.mockImplementation(() => {
    throw tooManyRequests(7);
  });
  const foreign = { origin: "https://evil.example", "content-type": "text/plain" };
  const worst: Call = {
    role: undefined,
    isCookie: true,
    headers: foreign,
    body: "x".repeat(2_000),
    tenantId: undefined,
    path: "/api/whatsapp/things/t",
  };
  expect(await problemsOf(worst)).toEqual([401, { error: "Unauthorized" }]);
  expect(await problemsOf({ ...worst, role: "user" })).toEqual([403, { error: "Forbidden" }]);
  expect(await problemsOf({ ...worst, role: "admin" })).toEqual([403, { error: "Forbidden" }]);
  const ours: Call = { ...worst, role: "admin", headers: { ...foreign, origin: ORIGIN } };
  expect((await call(ours)).headers.get("retry-after")).toBe("7");
  throttle.mockReset();
  expect(await problemsOf(ours)).toEqual([415, { error: "Unsupported content type" }]);
  const json: Call = { ...ours, headers: { origin: ORIGIN } };
  expect(await problemsOf(json)).toEqual([413, { error: "Payload too large" }]);
  expect(await problemsOf({ ...json, body: "[]" })).toEqual([400, { error: "Invalid JSON body" }]);
  const fields = { error: "in is required", details: ["in is required", "name is invalid", "size is invalid"] };
  expect(await problemsOf({ ...json, body: '{"name":"abcd","size":1}' })).toEqual([400, fields]);
  expect(await problemsOf({ ...json, path: "/api/whatsapp/things/t?in=x", body: '{"name":"abc"}' })).toEqual([
    400,
    { error: "User not associated with tenant" },
  ]);
  expect(answer).not.toHaveBeenCalled();
});

test.each([
  ["our own host", { origin: "http://host" }, 200],
  ["a listed origin", { origin: ORIGIN }, 200],
  ["no origin", {}, 200],
  ["a page of the same site", { "sec-fetch-site": "same-site" }, 200],
  ["another origin", { origin: "https://host.evil.example" }, 403],
  ["an opaque origin", { origin: "null" }, 403],
  ["another site without an origin", { "sec-fetch-site": "cross-site" }, 403],
])("with a cookie, a write from %s is answered %s", async (_what, headers, status) => {
  expect((await call({ isCookie: true, headers })).status).toBe(status);
});

test("with a bearer token nobody asks where a write comes from", async () => {
  expect((await call({ headers: { origin: "https://evil.example" } })).status).toBe(200);
});

test("an absent body counts as an empty object, whatever its type", async () => {
  expect(await problemsOf({ body: undefined, headers: { "content-type": "text/plain" } })).toEqual([400, { error: "name is required" }]);
});

test("the bytes of a body are counted while they arrive", async () => {
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(512).fill(32)) });
  expect(await problemsOf({ body: endless })).toEqual([413, { error: "Payload too large" }]);
});

test.each([
  ["no UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ["no JSON", '{"name":}'],
  ["a byte order mark", "\ufeff{}"],
  ["null", "null"],
  ["an object nested 33 deep", `${'{"a":'.repeat(32)}{}${"}".repeat(32)}`],
])("%s is an invalid body", async (_what, body) => {
  expect(await problemsOf({ body })).toEqual([400, { error: "Invalid JSON body" }]);
});

test("an object nested 32 deep is still read", async () => {
  const body = `{"name":"abc","a":${'{"a":'.repeat(30)}{}${"}".repeat(31)}`;
  expect((await call({ body })).status).toBe(200);
});

test("an answer may bring headers of its own", async () => {
  answer.mockResolvedValue(new Reply({ ok: 1 }, { "Idempotent-Replayed": "true" }));
  const response = await call();
  expect(response.headers.get("idempotent-replayed")).toBe("true");
  expect(await response.json()).toEqual({ ok: 1 });
});

test("a retired family answers where it went before it asks who comes", async () => {
  const response = await call({ method: "GET", role: undefined });
  expect(response.status).toBe(410);
  expect(await response.json()).toEqual({ error: "Gone", details: "/api/v1/whatsapp/things/t" });
});

test("methods that the path does not have are 405, and Allow names the others", async () => {
  const response = await call({ method: "PATCH" });
  expect([response.status, await response.text()]).toEqual([405, ""]);
  expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS, POST");
});

test("an id is decoded once, and what cannot be one becomes an id that nobody has", async () => {
  const idOf = async (path: string): Promise<unknown> => ((await (await call({ path })).json()) as { input: { id: string } }).input.id;
  expect(await idOf("/api/whatsapp/things/a%40b?in=x")).toBe("a@b");
  expect(await idOf("/api/whatsapp/things/a%2540b?in=x")).toBe("");
  expect(await idOf(`/api/whatsapp/things/${"a".repeat(129)}?in=x`)).toBe("");
});
