import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { AUDIT_KEY, AUTH_SECRET, SEND_KEY, startShadow, type ShadowForTests } from "../shadow/testing/start-shadow.ts";
import { startSendOwner, tokenFor, type SendOwner } from "../shadow/testing/send-owner.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";

/** Sends of unknown fate, as a person meets them: in the ops API and at the command line. */

const CONFIG = { endpoints: [{ id: "sends.text", match: "POST /messages", class: "send" }], families: { sends: { stage: "shadow" } } };

let database: TestDatabase;
let legacy: SendOwner;
let shadow: ShadowForTests;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parallax-sends-cli-"));
  await writeFile(join(folder, "parallax.yaml"), JSON.stringify(CONFIG));
  [database, legacy] = await Promise.all([createTestDatabase("parallax"), startSendOwner({ name: "legacy", honoursKey: false })]);
  shadow = await startShadow({ legacyUrl: legacy.url, candidateUrl: legacy.url, storeUrl: database.url, yaml: JSON.stringify(CONFIG) });
});
afterAll(async () => {
  await shadow.stop();
  await legacy.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function send(key: string): Promise<{ readonly status: number; readonly json: Record<string, string> }> {
  const headers = { authorization: `Bearer ${tokenFor("ana", AUTH_SECRET)}`, "content-type": "application/json", "idempotency-key": key };
  const response = await fetch(`${shadow.url}/messages`, { method: "POST", headers, body: '{"to":"15550100001","text":"hello"}' });
  return { status: response.status, json: (await response.json()) as Record<string, string> };
}

/** A send whose answer was lost: what it was told of it, and the id to ask about. */
async function loseAnswerOf(key: string, isSent: boolean): Promise<string> {
  legacy.behave(isSent ? { kind: "accept-then-fail", status: "reset" } : { kind: "refuse", status: 500 });
  expect((await send(key)).status).toBeGreaterThanOrEqual(500);
  legacy.behave({ kind: "accept" });
  const again = await send(key);
  expect(again.status).toBe(409);
  return again.json["details"] ?? "";
}

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

function parallax(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "bin", "parallax.js"), ...args, "--store-url", database.url, "--data-dir", folder], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, PARALLAX_SEND_KEY: SEND_KEY, PARALLAX_AUDIT_KEY: AUDIT_KEY },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on("data", (chunk: Buffer) => (err += String(chunk)));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

it("a person finds a send of unknown fate, says that it was made, and its key stays taken", async () => {
  const requestId = await loseAnswerOf("cli-1", true);
  const listed = await parallax("sends", "list", "--json");
  expect(listed.code).toBe(0);
  const { sends } = JSON.parse(listed.out) as { sends: { id: string; requestId: string; tenant: string; user: string; owner: string }[] };
  const found = sends.find((each) => each.requestId === requestId);
  expect(found).toMatchObject({ owner: "legacy", tenant: "t1", user: "ana", state: "unknown", attempt: 1 });
  expect((await parallax("sends", "list")).out).toContain(found?.id);
  const shown = await parallax("sends", "show", requestId);
  expect(shown.out).toMatch(/^key +cli-1$/m);
  const resolved = await parallax("sends", "resolve", requestId, "--outcome", "sent", "--reason", "the customer has it", "--json");
  expect(JSON.parse(resolved.out)).toMatchObject({ id: found?.id, state: "completed", reason: "the customer has it" });
  expect(await send("cli-1")).toMatchObject({ status: 409, json: { error: "This send was made; its answer is not kept any more" } });
  expect(legacy.sent.filter(({ key }) => key === "cli-1")).toHaveLength(1);
  const history = await parallax("cutover", "history", "--verify");
  expect(history.out).toContain(`send ${found?.id} sent`);
  expect(history.out).toContain("the chain holds");
  expect(history.code).toBe(0);
}, 60_000);

it("one that was not made has its key free again; what is settled cannot be resolved", async () => {
  const requestId = await loseAnswerOf("ops-1", false);
  const before = await (await shadow.ops("/api/sends?state=unknown")).json();
  expect(before).toMatchObject({ sends: [{ requestId, state: "unknown" }], nextCursor: null });
  const { id } = (before as { sends: [{ id: string }] }).sends[0];
  const resolve = (body: object) => shadow.ops(`/api/sends/${id}/resolve`, { method: "POST", body: JSON.stringify(body) });
  expect((await resolve({ outcome: "perhaps", reason: "?" })).status).toBe(400);
  const asViewer = await shadow.opsAs(
    { authorization: "Bearer 0123456789abcdef-ops-viewer", "content-type": "application/json" },
    `/api/sends/${id}/resolve`,
    { method: "POST", body: '{"outcome":"sent","reason":"x"}' },
  );
  expect(asViewer.status).toBe(403);
  expect((await shadow.summary()).sends.unknown).toBe(1);
  const resolved = await resolve({ outcome: "not-sent", reason: "legacy's log has no such message" });
  expect(await resolved.json()).toMatchObject({ id, state: "released", resolvedBy: "releaser", key: "ops-1" });
  expect((await resolve({ outcome: "sent", reason: "again" })).status).toBe(409);
  expect((await shadow.ops("/api/sends/nothing")).status).toBe(404);
  expect((await send("ops-1")).status).toBe(200);
  expect(legacy.sent.filter(({ key }) => key === "ops-1")).toHaveLength(1);
  expect((await shadow.summary()).sends.unknown).toBe(0);
});

it.each([
  [["sends", "resolve", "x", "--outcome", "perhaps", "--reason", "y"], /^parallax: --outcome: expected sent or not-sent, got "perhaps"\n$/],
  [["sends", "list", "--state", "lost"], /^parallax: --state: expected in-flight, completed, released, unknown or all, got "lost"\n$/],
  [["sends", "show", "nothing"], /^parallax: there is no send nothing; /],
])("%j is bad usage", async (args, message) => {
  const { code, err } = await parallax(...args);
  expect(err).toMatch(message);
  expect(code).toBe(64);
});
