import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { AUTH_SECRET, tokenFor } from "./testing/test-api.ts";

/** The program as it is shipped: compiled by tsc, whose decorator metadata is not vitest's, and run by node. */
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
});
afterAll(async () => {
  await db.drop();
});

function start(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [join(PACKAGE_ROOT, "bin", "parallax.js"), "api"], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function lineWith(text: string, child: ChildProcess): Promise<Record<string, unknown>> {
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface(child.stdout)) if (line.includes(text)) return JSON.parse(line) as Record<string, unknown>;
  throw new Error(`ended without "${text}"`);
}

describe("the process", () => {
  it("says when it is ready, serves, and ends with 0 on SIGTERM", async () => {
    const child = start({ PORT: "0", DATABASE_URL: db.url, AUTH_SECRET });
    const ended = once(child, "exit");
    const ready = await lineWith("parallax api ready", child);
    expect(ready).toMatchObject({ level: "info", program: "api", msg: "parallax api ready", port: expect.any(Number) });
    const authorization = `Bearer ${await tokenFor({})}`;
    const response = await fetch(`http://127.0.0.1:${String(ready["port"])}/api/whatsapp/sessions`, { headers: { authorization } });
    expect(await response.json()).toEqual({ sessions: [], summary: { total: 0, connected: 0, qrRequired: 0, connecting: 0 } });
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  it("refuses to start with one line that names what is missing", async () => {
    const child = start({ PORT: "x" });
    const ended = once(child, "exit");
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    expect(await ended).toEqual([64, null]);
    expect(errors).toMatch(/^parallax: api cannot start: PORT: .*; DATABASE_URL is required .*; AUTH_SECRET is required [^\n]*\n$/);
  });
});
