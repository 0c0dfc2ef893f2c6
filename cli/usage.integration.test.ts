import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../lib/paths.ts";

/** Bad usage: one line on stderr that names the thing, exit code 64, nothing started. */

const COMMAND = join(PACKAGE_ROOT, "bin", "parallax.js");
const SYSTEMS = ["--legacy", "http://127.0.0.1:1", "--candidate", "http://127.0.0.1:2"];

let folder: string;
let busy: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "parallax-usage-"));
  busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => busy.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

type Ended = { readonly code: number | null; readonly stderr: string };

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: { PATH: process.env["PATH"], ...env } });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += String(chunk)));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stderr })));
}

function yaml(text: string): string[] {
  const file = join(folder, "given.yaml");
  writeFileSync(file, text);
  return ["serve", ...SYSTEMS, "--config", file];
}

const usedPort = (): string => String((busy.address() as AddressInfo).port);

describe("bad usage ends with 64 and one line:", () => {
  it.each<[string, () => string[], RegExp]>([
    ["no verb", () => [], /expected a verb/],
    ["an unknown verb", () => ["fly"], /fly/],
    ["an unknown option", () => ["serve", "--nope"], /unknown option '--nope'/],
    ["missing systems", () => ["serve"], /LEGACY_URL is required .*--legacy.*CANDIDATE_URL is required/],
    ["a URL that is none", () => ["serve", "--legacy", "here", "--candidate", "http://127.0.0.1:2"], /LEGACY_URL/],
    ["a port that is none", () => ["serve", ...SYSTEMS, "--port", "http"], /PORT: expected a port from 0 to 65535, got "http"/],
    ["a port in use", () => ["serve", ...SYSTEMS, "--port", usedPort()], /port \d+ on 127\.0\.0\.1 is in use/],
    ["a file that is not there", () => ["serve", ...SYSTEMS, "--config", "nowhere.yaml"], /nowhere\.yaml/],
    ["text that is no YAML", () => yaml("endpoints: ["), /given\.yaml:\d+: not valid YAML/],
    ["an unknown key", () => yaml("endpoints:\n  - id: a\n    match: GET /a\n    mirorr: {}\n"), /endpoints\[0\]: unknown key "mirorr"/],
    ["a bad value", () => yaml("limits: { busSize: many }"), /limits\.busSize/],
    [
      "a rule that would hide everything",
      () => yaml(RULE_OVER_ALL),
      /endpoints\[0\]\.compare\.rules\[0\]\.path: "\$\.\*\*" would hide whole answers/,
    ],
    ["seconds that are no number", () => ["demo", "--once", "--seconds", "soon"], /--seconds: expected a whole number .* got "soon"/],
    ["an unknown format", () => ["report", "--format", "pdf"], /pdf/],
  ])("%s", async (_name, args, expected) => {
    const { code, stderr } = await run(args());
    expect(stderr).toMatch(expected);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(code).toBe(64);
  });
});

const RULE_OVER_ALL = `endpoints:
  - id: a
    match: GET /a
    compare: { rules: [{ path: "$.**", as: ignore, owner: sre, reason: none }] }
`;

it("a store that does not answer ends other verbs than serve with 1 and one line", async () => {
  const { code, stderr } = await run(["report", "--format", "json"], { PARALLAX_DATABASE_URL: "postgresql://127.0.0.1:1/store" });
  expect(stderr).toMatch(/cannot reach PostgreSQL at 127\.0\.0\.1:1/);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(code).toBe(1);
});

it("help is no error and names every option with its default", async () => {
  const { code, stderr } = await run(["serve", "--help"]);
  expect([code, stderr]).toEqual([0, ""]);
});
