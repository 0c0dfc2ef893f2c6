import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { waitUntil } from "../lib/processes.ts";
import { HEADER, isRoleSignatureValid } from "../lib/wire.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import type { GateReport, Report } from "./core/summary/report.ts";
import { startSendOwner, tokenFor, type SendOwner } from "./testing/send-owner.ts";
import { AUTH_SECRET, SHADOW_SECRET, startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

/** What nest would have said to the sends that legacy answers. */

type Asked = {
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown>;
  readonly isSigned: boolean;
};
type Verdict = { readonly status: number; readonly body: object } | "404" | "500";

const DRY_RUNS = "/internal/dry-runs";
let database: TestDatabase;
let legacy: SendOwner;
let nest: Server;
let shadow: ShadowForTests;
let asked: Asked[] = [];
let verdicts: Verdict[] = [];
/** Keys of sends that nest finds at home. */
const isThere = new Set<string>();

/** As legacy answers: with an id that a dry run cannot know. */
const LIKE_LEGACY: Verdict = { status: 200, body: { success: true, message: { id: null, n: 1 } } };

beforeAll(async () => {
  nest = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const signed = { method: request.method ?? "", target: request.url ?? "", body };
      const signature = String(request.headers[HEADER.signature]);
      const isSigned = isRoleSignatureValid(signature, signed, { secret: SHADOW_SECRET, nowMs: Date.now() });
      asked.push({ url: request.url ?? "", headers: request.headers, body: JSON.parse(body.toString()) as Record<string, unknown>, isSigned });
      const verdict = verdicts.length > 1 ? verdicts.shift() : verdicts[0];
      if (isThere.has(String((asked.at(-1)?.body ?? {})["idempotencyKey"])))
        return response.writeHead(200).end(JSON.stringify({ success: true, verdict: { status: 200, body: {} }, wouldEnqueue: null }));
      if (verdict === undefined || verdict === "404" || verdict === "500") return response.writeHead(Number(verdict ?? 404)).end("{}");
      return response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ success: true, verdict, wouldEnqueue: { kind: "text" } }));
    });
  });
  await new Promise<void>((resolve) => nest.listen(0, "127.0.0.1", resolve));
  [database, legacy] = await Promise.all([createTestDatabase("parallax"), startSendOwner({ name: "legacy", honoursKey: false })]);
  const yaml = JSON.stringify({
    endpoints: [
      { id: "sends.text", match: "POST /messages", class: "send" },
      { id: "sends.media", match: "POST /media", class: "send" },
      { id: "other.text", match: "POST /other", class: "send" },
    ],
    families: { sends: { stage: "shadow" }, other: { stage: "legacy" } },
    shadowing: { sends: DRY_RUNS, unknowable: ["$.message.id"] },
  });
  const url = `http://127.0.0.1:${(nest.address() as AddressInfo).port}`;
  shadow = await startShadow({ legacyUrl: legacy.url, candidateUrl: url, storeUrl: database.url, yaml });
  // Once it has tested itself, the comparator is there: on a slow machine what is asked before is too old for it.
  if (!(await waitUntil(async () => (await shadow.summary()).selfTest !== null, 60_000))) throw new Error("the comparator did not start");
});
afterAll(async () => {
  await shadow.stop();
  nest.closeAllConnections();
  await Promise.all([legacy.close(), new Promise((resolve) => nest.close(resolve))]);
  await database.drop();
});
afterEach(() => {
  legacy.behave({ kind: "accept" });
  asked = [];
});

const TOKEN = tokenFor("ana", AUTH_SECRET);
let texts = 0;
let decided = { "sends.text": 0, "sends.media": 0 };

async function send(key?: string, path = "/messages"): Promise<number> {
  texts += 1;
  const body = JSON.stringify({ to: "15550100001", text: `hello ${key ?? texts}` });
  const headers = { "content-type": "application/json", authorization: `Bearer ${TOKEN}`, ...(key === undefined ? {} : { "idempotency-key": key }) };
  const response = await fetch(shadow.url + path, { method: "POST", headers, body });
  await response.arrayBuffer();
  return response.status;
}

async function sendAndCompare(key?: string): Promise<void> {
  await send(key);
  decided = { ...decided, "sends.text": decided["sends.text"] + 1 };
  await shadow.decided("sends.text", decided["sends.text"]);
}

const driftsOf = async (endpoint: string): Promise<string[]> =>
  (await shadow.summary()).drifts.filter((drift) => drift.endpoint === endpoint).map(({ kind, path }) => `${kind} ${path}`);
const outcomesOf = (report: Report, endpoint: string) => report.endpoints.find(({ id }) => id === endpoint)?.ledger;

it("nest is asked under its role, as the client, without the key, and nothing is sent to it", async () => {
  verdicts = [LIKE_LEGACY];
  await sendAndCompare("dry-1");
  expect(asked).toHaveLength(1);
  const [{ url, headers, body, isSigned }] = asked as [Asked];
  expect([url, isSigned, headers.authorization]).toEqual([DRY_RUNS, true, `Bearer ${TOKEN}`]);
  expect(headers["idempotency-key"]).toBeUndefined();
  expect(body).toEqual({ endpoint: "sends.text", body: { to: "15550100001", text: "hello dry-1" } });
  expect(outcomesOf(await shadow.summary(), "sends.text")).toMatchObject({ eligible: 1, matched: 1 });
  await send("dry-1"); // repeated from the ledger: there is nothing new to ask
  expect(asked).toHaveLength(1);
});

it("what nest would answer otherwise, twice, is drift; once, the world moved on", async () => {
  verdicts = [{ status: 200, body: { success: true, message: { id: null, n: 2 } } }, LIKE_LEGACY];
  await sendAndCompare();
  expect(await driftsOf("sends.text")).toEqual([]);
  verdicts = [{ status: 200, body: { success: true, message: { id: null, n: "1" } } }];
  await sendAndCompare();
  expect(await driftsOf("sends.text")).toEqual(["type-change $.message.n"]);
  legacy.behave({ kind: "refuse", status: 409 });
  await sendAndCompare();
  expect((await driftsOf("sends.text")).toSorted()).toEqual(["status-code @status", "type-change $.message.n"]);
  expect(outcomesOf(await shadow.summary(), "sends.text")).toMatchObject({ eligible: 4, matched: 1, raced: 1, drift: 2 });
});

it("the gate knows of it", async () => {
  const { families } = (await (await shadow.ops("/api/cutover")).json()) as { families: { family: string; gate: GateReport }[] };
  const criterion = families.find(({ family }) => family === "sends")?.gate.criteria.find(({ name }) => name === "send-parity");
  expect(criterion).toMatchObject({ verdict: "fail", isRequired: true });
  expect(criterion?.detail).toMatch(/^2 drifts in 4 sends/);
});

it("a form is described, not repeated", async () => {
  verdicts = [LIKE_LEGACY];
  const form = new FormData();
  form.append("to", "15550100001");
  form.append("file", new Blob(["a picture"], { type: "image/png" }), "año.png");
  const response = await fetch(`${shadow.url}/media`, { method: "POST", headers: { authorization: `Bearer ${TOKEN}` }, body: form });
  expect(response.status).toBe(200);
  decided = { ...decided, "sends.media": 1 };
  await shadow.decided("sends.media", 1);
  const sha256 = createHash("sha256").update("a picture").digest("hex");
  expect(asked[0]?.body).toEqual({
    endpoint: "sends.media",
    body: { to: "15550100001" },
    file: { name: "año.png", mimeType: "image/png", size: 9, sha256 },
  });
  expect(outcomesOf(await shadow.summary(), "sends.media")).toMatchObject({ eligible: 1, matched: 1 });
});

it("at stage legacy nobody is asked", async () => {
  verdicts = [LIKE_LEGACY];
  expect(await send(undefined, "/other")).toBe(200);
  await sendAndCompare();
  expect(asked.map(({ body }) => body["endpoint"])).toEqual(["sends.text"]);
});

it("a send whose answer was lost is found by its key, and settled as sent; one that is not found stays unknown", async () => {
  verdicts = [LIKE_LEGACY];
  legacy.behave({ kind: "accept-then-fail", status: "reset" });
  isThere.add("found-1");
  expect([await send("found-1"), await send("lost-1")]).toEqual([502, 502]);
  legacy.behave({ kind: "accept" });
  const stateOf = async (key: string): Promise<unknown> => {
    const { sends } = (await (await shadow.ops("/api/sends")).json()) as { sends: { id: string }[] };
    const shown = await Promise.all(
      sends.map(async ({ id }) => (await (await shadow.ops(`/api/sends/${id}`)).json()) as { key: string; state: string }),
    );
    return shown.find((each) => each.key === key)?.state;
  };
  await expect.poll(() => stateOf("found-1"), { timeout: 15_000, interval: 200 }).toBe("completed");
  await expect.poll(() => asked.filter(({ body }) => body["idempotencyKey"] === "lost-1").length, { timeout: 15_000 }).toBeGreaterThan(1);
  expect(await stateOf("lost-1")).toBe("unknown");
  expect([await send("found-1"), await send("lost-1")]).toEqual([409, 409]); // legacy honours no keys: neither is sent again
  expect(legacy.sent.filter(({ key }) => key === "found-1" || key === "lost-1")).toHaveLength(2);
});

it("a verdict that is none is not compared, and a nest without dry runs is left alone", async () => {
  verdicts = ["500"];
  await sendAndCompare();
  verdicts = ["404"];
  await sendAndCompare();
  await sendAndCompare();
  expect(asked).toHaveLength(2);
  expect(outcomesOf(await shadow.summary(), "sends.text")).toMatchObject({ notComparable: 1, sampledOut: 2, drift: 2 });
});
