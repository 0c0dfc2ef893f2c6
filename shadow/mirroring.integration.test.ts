import { gzipSync } from "node:zlib";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HEADER, isRoleSignatureValid } from "../lib/wire.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { rawRequest } from "./transparency/raw-client.ts";
import { startUpstream, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { SHADOW_SECRET, startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

/** Which requests are mirrored, what the candidate is asked, and how each one counts. Every test has an endpoint of its own. */

type Asked = { readonly system: "legacy" | "nest"; readonly method: string; readonly target: string; readonly headers: IncomingMessage["headers"] };
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const asked: Asked[] = [];
const answers: Record<"legacy" | "nest", Map<string, Answer>> = { legacy: new Map(), nest: new Map() };
let database: TestDatabase;
let legacy: ScriptedUpstream;
let nest: ScriptedUpstream;
let shadow: ShadowForTests;

const ENDPOINTS = [
  { id: "plain", match: "GET /plain" },
  { id: "moved", match: "GET /moved/:id", candidatePath: "/v2/moved/:id/now" },
  { id: "half", match: "GET /half", mirror: { sample: 0.5 } },
  { id: "none", match: "GET /none", mirror: { sample: 0 } },
  { id: "atLegacy", match: "GET /at-legacy" },
  { id: "writes", match: ["POST /writes", "PUT /writes", "PATCH /writes", "DELETE /writes"] },
  { id: "capped", match: "GET /capped/:case", capture: { maxBytes: 100 } },
  { id: "stream", match: "GET /stream/:case", class: "stream" },
  { id: "packed", match: "GET /packed" },
  { id: "conditional", match: "GET /conditional" },
  { id: "head", match: "GET /head" },
  { id: "left", match: "GET /left" },
  { id: "broken", match: "GET /broken" },
  { id: "asksWithBody", match: "GET /asks-with-body" },
];

const startSystem = (system: "legacy" | "nest"): Promise<ScriptedUpstream> =>
  startUpstream((request, response) => {
    const { method = "", url = "", headers } = request;
    asked.push({ system, method, target: url, headers });
    const path = url.split("?", 1)[0] ?? "";
    (answers[system].get(path) ?? answerJson({ path: "any" }))(request, response);
  });

const answerJson =
  (body: unknown): Answer =>
  (_request, response) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
const answerBytes =
  (bytes: Buffer | string, headers: Record<string, string> = {}, status = 200): Answer =>
  (_request, response) =>
    void response.writeHead(status, headers).end(bytes);

beforeAll(async () => {
  database = await createTestDatabase("parallax");
  [legacy, nest] = await Promise.all([startSystem("legacy"), startSystem("nest")]);
  const families = Object.fromEntries(ENDPOINTS.filter(({ id }) => id !== "atLegacy").map(({ id }) => [id, { stage: "shadow" }]));
  const yaml = JSON.stringify({ endpoints: ENDPOINTS, families, limits: { reReadPerSecond: 1_000 } });
  shadow = await startShadow({ legacyUrl: legacy.url, candidateUrl: nest.url, storeUrl: database.url, yaml });
});
afterAll(async () => {
  await shadow.stop();
  await Promise.all([legacy.close(), nest.close()]);
  await database.drop();
});
beforeEach(() => {
  asked.length = 0;
});

async function read(target: string, init: RequestInit = {}): Promise<string> {
  return (await fetch(shadow.url + target, init)).text();
}
const askedOf = (system: "legacy" | "nest", path: string): Asked[] => asked.filter((each) => each.system === system && each.target.startsWith(path));

describe("the call to the candidate", () => {
  it("is the client's read, credentials and all, signed with the candidate's role for exactly this request", async () => {
    await read("/plain?b=2&a=%31", { headers: { authorization: "Bearer a.b.c", cookie: "session=1", "x-custom": "kept" } });
    await shadow.decided("plain", 1);
    const [call, ...more] = askedOf("nest", "/plain");
    expect(more).toEqual([]);
    expect(call).toMatchObject({ method: "GET", target: "/plain?b=2&a=%31" });
    expect(call?.headers).toMatchObject({ authorization: "Bearer a.b.c", cookie: "session=1", "x-custom": "kept", [HEADER.role]: "candidate" });
    const signature = String(call?.headers[HEADER.signature]);
    const isValid = (method: string, target: string): boolean =>
      isRoleSignatureValid(signature, { method, target, body: new Uint8Array(0) }, { secret: SHADOW_SECRET, nowMs: Date.now() });
    expect(isValid("GET", "/plain?b=2&a=%31")).toBe(true);
    expect(isValid("GET", "/plain")).toBe(false);
    expect(isValid("POST", "/plain?b=2&a=%31")).toBe(false);
    expect(askedOf("legacy", "/plain")[0]?.headers[HEADER.role]).toBeUndefined();
    expect(await shadow.ledger("plain")).toEqual({ eligible: 1, matched: 1 });
  });

  it("goes to the candidate's own path, with parameters and query", async () => {
    await read("/moved/a%2Fb?x=1");
    await shadow.decided("moved", 1);
    expect(asked.map(({ system, target }) => [system, target])).toEqual([
      ["legacy", "/moved/a%2Fb?x=1"],
      ["nest", "/v2/moved/a%2Fb/now?x=1"],
    ]);
    expect(await shadow.ledger("moved")).toEqual({ eligible: 1, matched: 1 });
  });

  it("is a HEAD when the client's was", async () => {
    await read("/head", { method: "HEAD" });
    await shadow.decided("head", 1);
    expect(asked.map(({ system, method }) => [system, method])).toEqual([
      ["legacy", "HEAD"],
      ["nest", "HEAD"],
    ]);
    expect(await shadow.ledger("head")).toEqual({ eligible: 1, matched: 1 });
  });
});

describe("what is not mirrored", () => {
  it("writes, paths that match nothing, and families at stage legacy", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) await read("/writes", { method, body: "{}" });
    for (const target of ["/unmatched", "/plain/", "/PLAIN", "/at-legacy"]) await read(target);
    await read("/plain", { method: "OPTIONS" });
    await read("/moved/sentinel");
    await shadow.decided("moved", 2);
    expect(askedOf("nest", "/").map(({ target }) => target)).toEqual(["/v2/moved/sentinel/now"]);
    expect(askedOf("legacy", "/")).toHaveLength(10);
    expect(await shadow.ledger("atLegacy")).toEqual({});
  });

  it("half of the reads at sample 0.5, and they are counted", async () => {
    for (let index = 0; index < 10; index += 1) await read(`/half?n=${index}`);
    await shadow.decided("half", 10);
    expect(askedOf("nest", "/half")).toHaveLength(5);
    expect(await shadow.ledger("half")).toEqual({ eligible: 10, matched: 5, sampledOut: 5 });
  });

  it("any read at sample 0", async () => {
    for (let index = 0; index < 3; index += 1) await read("/none");
    await shadow.decided("none", 3);
    expect(askedOf("nest", "/none")).toEqual([]);
    expect(await shadow.ledger("none")).toEqual({ eligible: 3, sampledOut: 3 });
  });

  it("a read whose client went away", async () => {
    answers.legacy.set("/left", (_request, response) => void response.write("first"));
    const abort = new AbortController();
    const reading = fetch(`${shadow.url}/left`, { signal: abort.signal });
    await reading;
    abort.abort();
    await shadow.decided("left", 1);
    expect(askedOf("nest", "/left")).toEqual([]);
    expect(await shadow.ledger("left")).toEqual({ eligible: 1, notComparable: 1 });
  });

  it("a read that the primary did not answer", async () => {
    answers.legacy.set("/broken", (request) => void request.socket.destroy());
    expect((await fetch(`${shadow.url}/broken`)).status).toBe(502);
    await shadow.decided("broken", 1);
    expect(askedOf("nest", "/broken")).toEqual([]);
    expect(await shadow.ledger("broken")).toEqual({ eligible: 1, primaryError: 1 });
  });

  it("a GET with a body: it is served, and nobody kept the body for a second call", async () => {
    const answer = await rawRequest(shadow.url, "GET /asks-with-body HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
    expect(answer.status).toBe(200);
    await shadow.decided("asksWithBody", 1);
    expect(askedOf("nest", "/asks-with-body")).toEqual([]);
    expect(await shadow.ledger("asksWithBody")).toEqual({ eligible: 1, notComparable: 1 });
  });
});

describe("bodies", () => {
  it("over capture.maxBytes are compared by length and hash", async () => {
    const long = (letter: string): Answer => answerBytes(letter.repeat(5_000), { "content-type": "text/plain" });
    for (const system of ["legacy", "nest"] as const) answers[system].set("/capped/same", long("a"));
    answers.legacy.set("/capped/other", long("a"));
    answers.nest.set("/capped/other", long("b"));
    await read("/capped/same");
    await read("/capped/other");
    await shadow.decided("capped", 2);
    expect(await shadow.ledger("capped")).toEqual({ eligible: 2, matched: 1, drift: 1 });
    const { drifts } = await shadow.summary();
    expect(drifts.filter(({ endpoint }) => endpoint === "capped")).toMatchObject([{ kind: "body-bytes", path: "@body" }]);
  });

  it("of class stream are compared by status, headers, length and hash", async () => {
    const bytes = Buffer.alloc(300_000, "media");
    const type = { "content-type": "application/octet-stream" };
    for (const system of ["legacy", "nest"] as const) answers[system].set("/stream/same", answerBytes(bytes, type));
    answers.legacy.set("/stream/other", answerBytes(bytes, type));
    answers.nest.set("/stream/other", answerBytes(Buffer.concat([bytes, Buffer.from("!")]), type));
    await read("/stream/same");
    await read("/stream/other");
    await shadow.decided("stream", 2);
    expect(await shadow.ledger("stream")).toEqual({ eligible: 2, matched: 1, drift: 1 });
  });

  it("match when one side is gzip and the other plain", async () => {
    const body = JSON.stringify({ list: [1, 2, 3] });
    answers.legacy.set("/packed", answerBytes(gzipSync(body), { "content-type": "application/json", "content-encoding": "gzip" }));
    answers.nest.set("/packed", answerBytes(body, { "content-type": "application/json" }));
    expect(await read("/packed")).toBe(body);
    await shadow.decided("packed", 1);
    expect(await shadow.ledger("packed")).toEqual({ eligible: 1, matched: 1 });
  });

  it("that only one side sent, as the other said 304, cannot be compared", async () => {
    answers.legacy.set("/conditional", answerBytes("", { etag: '"1"' }, 304));
    await read("/conditional", { headers: { "if-none-match": '"1"' } });
    await shadow.decided("conditional", 1);
    expect(await shadow.ledger("conditional")).toEqual({ eligible: 1, notComparable: 1 });
  });
});

it("without a secret the candidate is called without a role", async () => {
  const other = await createTestDatabase("parallax");
  const yaml = JSON.stringify({ endpoints: [{ id: "plain", match: "GET /plain" }], families: { plain: { stage: "shadow" } } });
  const bare = await startShadow({ legacyUrl: legacy.url, candidateUrl: nest.url, storeUrl: other.url, yaml, shadowSecret: null });
  await (await fetch(`${bare.url}/plain`)).text();
  await bare.decided("plain", 1);
  const names = Object.keys(askedOf("nest", "/plain")[0]?.headers ?? {});
  expect(names).toContain("host");
  expect(names.filter((name) => name.startsWith("x-parallax-"))).toEqual([]);
  await bare.stop();
  await other.drop();
});
