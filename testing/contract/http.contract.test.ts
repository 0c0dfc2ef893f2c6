import { describe, expect, it } from "vitest";
import { HEADER, signRole } from "../../lib/wire.ts";
import type { Headers, Reply } from "./client.ts";
import { CONTACT, SESSION } from "./ids.ts";
import { bodyOf } from "./replies.ts";
import { READS, targetOf } from "./requests.ts";
import { ALLOWED_ORIGIN, OTHER_ALLOWED_ORIGIN, SHADOW_SECRET, SYSTEMS, useWorld } from "./world.ts";

/** Contract 1.1, 1.4 and 1.7 on every read endpoint: methods, headers, CORS, request ids, queries. */

const { client, get } = useWorld();

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Of one reply, not of the resource. */
const PER_REPLY = new Set(["date", "x-request-id", "connection", "keep-alive", "transfer-encoding", "content-length"]);
const WANTED_ALLOW_HEADERS = ["authorization", "content-type", "idempotency-key", "x-request-id"];

const lasting = ({ headers }: Reply): Headers => Object.fromEntries(Object.entries(headers).filter(([name]) => !PER_REPLY.has(name)));
const listOf = (text: string | undefined): string[] => (text ?? "").split(",").map((item) => item.trim().toLowerCase());
const corsOf = ({ headers }: Reply): string[] => Object.keys(headers).filter((name) => name.startsWith("access-control-"));

/** What the CORS headers of a reply say. */
function corsFacts({ headers }: Reply): object {
  return {
    origin: headers["access-control-allow-origin"],
    credentials: headers["access-control-allow-credentials"],
    headers: listOf(headers["access-control-allow-headers"]).toSorted(),
    hasMethods: listOf(headers["access-control-allow-methods"]).includes("get"),
    varies: listOf(headers["vary"]).includes("origin"),
  };
}

const corsFor = (origin: string): object => ({ origin, credentials: "true", headers: WANTED_ALLOW_HEADERS, hasMethods: true, varies: true });

describe.each(SYSTEMS)("%s", (system) => {
  describe.each(READS)("$id", (endpoint) => {
    const target = targetOf(endpoint);
    const others = METHODS.filter((method) => !endpoint.methods.includes(method));

    it("answers JSON with the exact headers", async () => {
      expect(await get(system, target)).toBeJson();
    });

    it.each(others)("answers 405 with an empty body to %s, with and without a token", async (method) => {
      for (const reply of [await client(system).send({ target, method }), await get(system, target, { method: method as "GET" })]) {
        expect([reply.status, reply.text]).toEqual([405, ""]);
      }
    });

    it("answers HEAD as GET, without a body", async () => {
      const [full, head] = [await get(system, target), await get(system, target, { method: "HEAD" })];
      expect([head.status, head.text]).toEqual([200, ""]);
      expect(lasting(head)).toEqual(lasting(full));
    });

    it("answers HEAD without a token as GET, without a body", async () => {
      const [full, head] = [await client(system).send({ target }), await client(system).send({ target, method: "HEAD" })];
      expect([head.status, head.text]).toEqual([401, ""]);
      expect(lasting(head)).toEqual(lasting(full));
    });

    it("answers OPTIONS with 204 and what is allowed, without a token", async () => {
      const reply = await client(system).send({ target, method: "OPTIONS" });
      expect([reply.status, reply.text]).toEqual([204, ""]);
      expect(listOf(reply.headers["allow"])).toEqual(expect.arrayContaining(["get", "head", "options"]));
      expect(listOf(reply.headers["allow"])).not.toContain("put");
      expect(corsOf(reply)).toEqual([]);
    });

    it("answers a preflight of an allowed origin with the CORS headers", async () => {
      const headers = { "access-control-request-method": "GET", "access-control-request-headers": "authorization" };
      for (const origin of [ALLOWED_ORIGIN, OTHER_ALLOWED_ORIGIN]) {
        const reply = await client(system).send({ target, method: "OPTIONS", headers: { origin, ...headers } });
        expect([reply.status, reply.text]).toEqual([204, ""]);
        expect(corsFacts(reply)).toEqual(corsFor(origin));
      }
    });

    it("answers an allowed origin with the CORS headers, errors included", async () => {
      const origin = { origin: ALLOWED_ORIGIN };
      expect(corsFacts(await get(system, target, { headers: origin }))).toEqual(corsFor(ALLOWED_ORIGIN));
      expect(corsFacts(await client(system).send({ target, headers: origin }))).toEqual(corsFor(ALLOWED_ORIGIN));
    });

    it.each(["https://evil.example", "https://admin.example.evil.example", "http://admin.example", "https://admin.example:8443", "null"])(
      "gives origin %s no CORS header",
      async (origin) => {
        const replies = [
          await get(system, target, { headers: { origin } }),
          await client(system).send({ target, method: "OPTIONS", headers: { origin } }),
        ];
        expect(replies.map(({ status }) => status)).toEqual([200, 204]);
        expect(replies.flatMap(corsOf)).toEqual([]);
      },
    );

    it("echoes a good X-Request-Id, also on errors", async () => {
      const id = "Trace_1.2-abc";
      const headers = { "x-request-id": id };
      const replies = [
        await get(system, target, { headers }),
        await get(system, target, { headers, method: "HEAD" }),
        await client(system).send({ target, headers }),
        await client(system).send({ target, headers, method: "PUT" }),
        await client(system).send({ target, headers, method: "OPTIONS" }),
      ];
      expect(replies.map((reply) => [reply.status, reply.headers["x-request-id"]])).toEqual([200, 200, 401, 405, 204].map((status) => [status, id]));
    });

    it.each([
      ["none", undefined],
      ["one with a space", "a b"],
      ["one with a slash", "a/b"],
      ["one of 65 characters", "x".repeat(65)],
    ])("mints an X-Request-Id for %s, another one each time", async (_, sent) => {
      const headers: Headers = sent === undefined ? {} : { "x-request-id": sent };
      const ids = [await get(system, target, { headers }), await get(system, target, { headers })].map((reply) => reply.headers["x-request-id"]);
      for (const id of ids) expect(id).toMatch(UUID);
      expect(new Set(ids).size).toBe(2);
    });

    it("echoes an X-Request-Id of 64 characters", async () => {
      const id = "y".repeat(64);
      expect((await get(system, target, { headers: { "x-request-id": id } })).headers["x-request-id"]).toBe(id);
    });

    it("ignores unknown query keys, also malformed ones", async () => {
      const mark = target.includes("?") ? "&" : "?";
      for (const extra of ["nope=1", "nope", "=", "&&", "nope=%", "nope=%zz", "%zz=1", "nope=%ff%fe", "nope[]=1&nope[a]=2", "__proto__=1"]) {
        const reply = await get(system, `${target}${mark}${extra}`);
        expect([extra, reply.status]).toEqual([extra, 200]);
      }
    });
  });

  it.each([
    "/api/whatsapp/nope",
    "/api/whatsapp/status/more",
    "/api/whatsapp/Status",
    "/api/whatsapp/contacts-list",
    "/api/whatsapp/chat-messages/1/2/3",
    "/api/admin/whatsapp/nope",
  ])("answers 404 to %s, with and without a token, in every method", async (target) => {
    for (const method of ["GET", "POST", "DELETE"] as const) {
      expect(await client(system).send({ target, method })).toFailWith(404, "Not found");
      expect(await get(system, target, { method: method as "GET" })).toFailWith(404, "Not found");
    }
    const head = await get(system, target, { method: "HEAD" });
    expect([head.status, head.text]).toEqual([404, ""]);
    expect((await get(system, target)).headers["x-request-id"]).toMatch(UUID);
  });

  it("answers HEAD to a request that fails as GET would", async () => {
    for (const target of ["/api/whatsapp/analytics", `/api/whatsapp/contacts?sessionId=${SESSION.absent}`]) {
      const [full, head] = [await get(system, target), await get(system, target, { method: "HEAD" })];
      expect([head.status, head.text]).toEqual([full.status, ""]);
      expect(lasting(head)).toEqual(lasting(full));
    }
  });

  it("uses the first value of a repeated query key", async () => {
    const text = async (target: string): Promise<string> => (await get(system, target)).text;
    const [live, stopped] = [`sessionId=${SESSION.live}`, `sessionId=${SESSION.stopped}`];
    expect(await text(`/api/whatsapp/config?${live}&${stopped}`)).toBe(await text(`/api/whatsapp/config?${live}`));
    expect(await text(`/api/whatsapp/contacts?${stopped}&${live}`)).toBe(await text(`/api/whatsapp/contacts?${stopped}`));
    expect(await text("/api/whatsapp/contacts?limit=2&limit=9")).toBe(await text("/api/whatsapp/contacts?limit=2"));
    expect(await text("/api/whatsapp/messages?status=PENDING&status=READ")).toBe(await text("/api/whatsapp/messages?status=PENDING"));
    expect(await text(`/api/whatsapp/chat-messages?contactId=${CONTACT.plain}&contactId=${CONTACT.thread}`)).toBe(
      await text(`/api/whatsapp/chat-messages?contactId=${CONTACT.plain}`),
    );
    const ranges = (await get(system, `/api/whatsapp/analytics?${live}&timeRange=24h&timeRange=90d`)).json;
    expect(ranges).toMatchObject({ timeRange: "24h" });
    expect(await get(system, `/api/whatsapp/analytics?sessionId=${SESSION.absent}&${live}`)).toFailWith(404, "Session not found or access denied");
  });

  it("takes an empty value as absent", async () => {
    const text = async (target: string): Promise<string> => (await get(system, target)).text;
    expect(await text("/api/whatsapp/contacts?sessionId=&limit=&offset=")).toBe(await text("/api/whatsapp/contacts"));
    expect(await text("/api/whatsapp/messages?contactId=&jid=&sessionId=&status=&limit=&before=")).toBe(await text("/api/whatsapp/messages"));
    for (const path of ["status", "analytics", "config"]) {
      for (const query of ["", "?sessionId=", "?sessionId"]) {
        expect(await get(system, `/api/whatsapp/${path}${query}`)).toFailWith(400, "sessionId is required");
      }
    }
    expect(await get(system, "/api/whatsapp/chat-messages?contactId=")).toFailWith(400, "contactId is required");
    expect((await get(system, `/api/whatsapp/analytics?sessionId=${SESSION.live}&timeRange=`)).json).toMatchObject({ timeRange: "7d" });
  });

  it("takes blanks as required and missing", async () => {
    expect(await get(system, "/api/whatsapp/status?sessionId=%20%20")).toFailWith(400, "sessionId is required");
    expect(await get(system, "/api/whatsapp/config?sessionId=+")).toFailWith(400, "sessionId is required");
    expect(await get(system, "/api/whatsapp/chat-messages?contactId=%20")).toFailWith(400, "contactId is required");
  });

  it.each(["%", "%zz", "%E0%A4%A", "%ff", "a%2", "%C3%28"])("takes the malformed value %s as text nobody knows", async (value) => {
    expect(await get(system, `/api/whatsapp/contacts?sessionId=${value}`)).toFailWith(404, "Session not found or access denied");
    expect(await get(system, `/api/whatsapp/config?sessionId=${value}`)).toFailWith(404, "Session not found or access denied");
    expect(await get(system, `/api/whatsapp/chat-messages?contactId=${value}`)).toFailWith(404, "Contact not found");
    expect(await get(system, `/api/whatsapp/messages?status=${value}`)).toFailWith(400, "status is invalid");
    expect(bodyOf(await get(system, `/api/whatsapp/status?sessionId=${value}`))).toMatchObject({ status: "DISCONNECTED" });
    expect(await get(system, `/api/whatsapp/contacts?limit=${value}&offset=${value}`)).toBeJson();
  });

  it("never fails on U+0000 in a value", async () => {
    const statuses = [];
    for (const target of [
      "status?sessionId=%00",
      "config?sessionId=a%00",
      "analytics?sessionId=%00b",
      "contacts?sessionId=%00",
      "chat-messages?contactId=a%00",
    ]) {
      const { status } = await get(system, `/api/whatsapp/${target}`);
      statuses.push([target, status < 500]);
    }
    const { status } = await get(system, `/api/whatsapp/messages?before=a%00`);
    expect([...statuses, status < 500]).toEqual([...statuses.map(([target]) => [target, true]), true]);
  });

  it("decodes plus and percent in a query once", async () => {
    const encoded = Buffer.from(SESSION.live).toString("hex").replaceAll(/../g, "%$&");
    const plain = await get(system, `/api/whatsapp/config?sessionId=${SESSION.live}`);
    expect((await get(system, `/api/whatsapp/config?sessionId=${encoded}`)).text).toBe(plain.text);
    expect(await get(system, `/api/whatsapp/config?sessionId=${encodeURIComponent(encoded)}`)).toFailWith(404, "Session not found or access denied");
    expect((await get(system, `/api/whatsapp/config?session%49d=${SESSION.live}`)).text).toBe(plain.text);
  });
});

describe.runIf(SYSTEMS.includes("nest"))("nest", () => {
  it.each(READS)("serves $id under /api/v1 too, with the same answer", async (endpoint) => {
    const alias = targetOf(endpoint).replace(/^\/api\//, "/api/v1/");
    const [plain, other] = [await get("nest", targetOf(endpoint)), await get("nest", alias)];
    expect([other.status, lasting(other)]).toEqual([plain.status, lasting(plain)]);
    expect(Object.keys(bodyOf(other) as object)).toEqual(Object.keys(bodyOf(plain) as object));
    expect(await client("nest").send({ target: alias })).toBeUnauthorized();
  });

  it("answers 404 to an unknown path of the alias", async () => {
    expect(await get("nest", "/api/v1/whatsapp/nope")).toFailWith(404, "Not found");
  });

  it.each(READS)("answers $id to a candidate call as ever", async (endpoint) => {
    const target = targetOf(endpoint);
    const signature = signRole({ method: "GET", target, body: new Uint8Array(), atMs: Date.now() }, SHADOW_SECRET);
    const reply = await get("nest", target, { headers: { [HEADER.role]: "candidate", [HEADER.signature]: signature } });
    expect(reply.status).toBe(200);
  });

  it.each(READS)("answers 401 to $id with the role and no valid signature", async (endpoint) => {
    const target = targetOf(endpoint);
    const other = signRole({ method: "GET", target: `${target}#`, body: new Uint8Array(), atMs: Date.now() }, SHADOW_SECRET);
    const foreign = signRole({ method: "GET", target, body: new Uint8Array(), atMs: Date.now() }, "another-secret-of-some-length");
    for (const signature of [other, foreign, "garbage"]) {
      expect(await get("nest", target, { headers: { [HEADER.role]: "candidate", [HEADER.signature]: signature } })).toBeUnauthorized();
    }
  });
});
