import { beforeEach, describe, expect, it } from "vitest";
import type { Reply } from "./client.ts";
import { CLAIMS } from "./requests.ts";
import type { Observation } from "./observe.ts";
import { nowS, signToken } from "./tokens.ts";
import type { Field, WriteEndpoint } from "./write-endpoints.ts";
import { ALLOWED_ORIGIN, SYSTEMS, type Contract } from "./world.ts";

/** Bad input on every write (contract 1.2 to 1.4, 1.6): the contract's error, in the contract's order, and nothing written or broadcast. */

const MIB = 1_048_576;
const COOKIE = "next-auth.session-token";
const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`;

const MALFORMED: readonly (readonly [what: string, body: string | Buffer])[] = [
  ["an open brace", "{"],
  ["an array", "[]"],
  ["a text", '"text"'],
  ["null", "null"],
  ["a number", "1"],
  ["something after it", "{}x"],
  ["a trailing comma", '{"a":1,}'],
  ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])],
  ["33 levels", nested(33)],
  ["2,000 levels", nested(2_000)],
];
const TYPES = ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "text/json", "multipart/form-data; boundary=x"];

const badTokens = (): Record<string, string> => ({
  garbage: "garbage",
  expired: signToken({ ...CLAIMS.admin, exp: nowS() - 1 }),
  "of another secret": signToken(CLAIMS.admin, { secret: "another-secret-of-some-length" }),
  "alg none": signToken(CLAIMS.admin, { alg: "none" }),
  "a service token": signToken({ ...CLAIMS.admin, aud: "ingest" }),
});

export function describeRefusals(
  { client, world }: Contract,
  { write, standstill, untouched }: Observation,
  endpoints: readonly WriteEndpoint[],
): void {
  describe.each(SYSTEMS)("%s: bad input", (system) => {
    describe.each(endpoints)("$id $method $target", (endpoint) => {
      const { method, target, body, fields, missing } = endpoint;
      const ask = (values: object = {}): Promise<Reply> => write(system, { method, target, body, ...values });
      const hasBody = method !== "DELETE";
      let before = "";

      beforeEach(async () => {
        before = await standstill(system);
      });
      const nothingHappened = async (): Promise<void> => expect(await untouched(system)).toBe(before);

      it("answers 401 to every bad token, whatever else is wrong", async () => {
        const headers = { "content-type": "text/plain" };
        const rest = hasBody ? { body: "{" } : {};
        expect(await client(system).send({ target, method, ...rest, headers })).toBeUnauthorized();
        for (const token of Object.values(badTokens())) {
          expect(
            await client(system).send({ target, method, ...rest, headers: { ...headers, authorization: `Bearer ${token}` } }),
          ).toBeUnauthorized();
        }
        const both = { ...headers, authorization: "Bearer garbage", cookie: `${COOKIE}=${signToken(CLAIMS.admin)}` };
        expect(await client(system).send({ target, method, ...rest, headers: both })).toBeUnauthorized();
        await nothingHappened();
      });

      it.runIf(endpoint.role === "admin")("answers 403 to the role user, before it looks at the body", async () => {
        for (const role of ["user", undefined, "root", "ADMIN"]) {
          const as = { ...CLAIMS.operator, role };
          expect(await ask({ as, ...(hasBody ? { body: "{" } : {}), headers: { "content-type": "text/plain" } })).toFailWith(403, "Forbidden");
          expect(await ask({ as })).toFailWith(403, "Forbidden");
        }
        await nothingHappened();
      });

      it("answers 403 to a cookie from another origin", async () => {
        const cookie = `${COOKIE}=${signToken(CLAIMS.admin)}`;
        for (const from of [{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }] as const) {
          const json = hasBody ? { body: JSON.stringify(body ?? {}) } : {};
          const headers = { cookie, "content-type": "application/json", ...from };
          expect(await client(system).send({ target, method, ...json, headers })).toFailWith(403, "Forbidden");
        }
        await nothingHappened();
      });

      if (hasBody) describeBodies();

      function describeBodies(): void {
        it("takes a cookie from an allowed origin or from none, and a bearer token from anywhere", async () => {
          const cookie = `${COOKIE}=${signToken(CLAIMS.admin)}`;
          const json = { body: "{", target, method } as const;
          const type = { "content-type": "application/json" };
          for (const from of [{ origin: ALLOWED_ORIGIN }, {}, { "sec-fetch-site": "same-origin" }] as const)
            expect(await client(system).send({ ...json, headers: { cookie, ...type, ...from } })).toFailWith(400, "Invalid JSON body");
          const evil = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
          expect(await ask({ body: "{", headers: evil })).toFailWith(400, "Invalid JSON body");
          await nothingHappened();
        });

        it("answers 415 to a body of another type", async () => {
          for (const type of TYPES) expect(await ask({ body: "{", headers: { "content-type": type } })).toFailWith(415, "Unsupported content type");
          const headers = { authorization: `Bearer ${signToken(CLAIMS.admin)}` };
          expect(await client(system).send({ target, method, body: "{}", headers })).toFailWith(415, "Unsupported content type");
          await nothingHappened();
        });

        it("answers 413 to more than 1 MiB, declared or not", async () => {
          const long = Buffer.alloc(MIB + 1, "[");
          expect(await ask({ body: long, isLast: true, headers: { "content-type": "application/json" } })).toFailWith(413, "Payload too large");
          const headers = { authorization: `Bearer ${signToken(CLAIMS.admin)}`, "content-type": "application/json" };
          const chunks = async function* pieces(): AsyncGenerator<Uint8Array> {
            for (let sent = 0; sent <= MIB; sent += 65_536) yield long.subarray(0, 65_536);
          };
          expect(await client(system).send({ target, method, body: chunks(), isLast: true, headers })).toFailWith(413, "Payload too large");
          await nothingHappened();
        });

        it("answers 400 to a malformed body", async () => {
          for (const [what, malformed] of MALFORMED) {
            const reply = await ask({ body: malformed, headers: { "content-type": "application/json; charset=utf-8" } });
            expect([what, reply.status, reply.json]).toEqual([what, 400, { error: "Invalid JSON body" }]);
          }
          await nothingHappened();
        });
      }

      const required = fields.filter(({ isRequired }) => isRequired !== undefined);
      const good = (field: Field): unknown => valueAt(body, field.name);

      it.runIf(required.length > 0)("names every required field that is not there, in the order of the table", async () => {
        const [path = ""] = target.split("?");
        const problems = required.map(({ name }) => `${name} is required`);
        const wanted = { error: problems[0] ?? "", ...(problems.length > 1 ? { details: problems } : {}) };
        const nothings = required.some((field) => field.in === "query")
          ? [{}]
          : [{}, { body: {} }, { body: blank(null) }, { body: blank("") }, { body: blank(" \t ") }];
        for (const nothing of nothings) expect(await write(system, { method, target: path, ...nothing })).toFailWith(400, wanted);
        await nothingHappened();
      });

      /** Every required text with one value; an object has no blank. */
      const blank = (value: unknown): object =>
        Object.fromEntries(
          required
            .filter(({ isRequired }) => isRequired === true || value !== null)
            .map((field) => [field.name, typeof good(field) === "object" ? null : value]),
        );

      it.each(fields.filter((field) => field.invalid.length > 0))("answers 400 to each bad $name", async (field) => {
        for (const value of field.invalid) {
          const reply = await ask({ body: withValue(body ?? {}, field.name, value) });
          expect([value, reply.status, reply.json]).toEqual([value, 400, { error: `${field.name} is invalid` }]);
        }
        await nothingHappened();
      });

      it("answers 400 to a token without a tenant, after the fields", async () => {
        expect(await ask({ as: CLAIMS.tenantless })).toFailWith(400, "User not associated with tenant");
        for (const field of fields.filter(({ invalid }) => invalid.length > 0).slice(0, 1)) {
          const reply = await ask({ as: CLAIMS.tenantless, body: withValue(body ?? {}, field.name, field.invalid[0]) });
          expect(reply).toFailWith(400, `${field.name} is invalid`);
        }
        await nothingHappened();
      });

      it.each(missing)("answers 404 to $what", async ({ error, ...rest }) => {
        expect(await ask(rest)).toFailWith(404, error);
        await nothingHappened();
      });

      it("answers 405 with an empty body to a method it does not have", async () => {
        for (const reply of [await ask({ method: "PUT" }), await client(system).send({ target, method: "PUT" })])
          expect([reply.status, reply.text]).toEqual([405, ""]);
        await nothingHappened();
      });

      it("echoes the request's id, and has the exact headers of an error", async () => {
        const reply = await ask({ as: CLAIMS.tenantless, headers: { "x-request-id": "refused-1" } });
        expect(reply).toBeJson(400);
        expect(reply.headers["x-request-id"]).toBe("refused-1");
        expect(world().realtime.refused).toEqual([]);
      });
    });
  });
}

/** `config.key` is a key of the object `config`. */
function withValue(body: object, name: string, value: unknown): object {
  const [first = "", ...rest] = name.split(".");
  const inner = (body as Record<string, unknown>)[first];
  return { ...body, [first]: rest.length === 0 ? value : withValue(inner ?? {}, rest.join("."), value) };
}

const valueAt = (body: object | undefined, name: string): unknown => (body as Record<string, unknown> | undefined)?.[name];
