import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXIT, exitCodeOf, messageOf } from "../lib/errors.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { SHADOW_SECRET, startShadow, type ShadowForTests } from "../shadow/testing/start-shadow.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { startSystem, type RunningSystem } from "../testing/systems.ts";
import { addDoctor } from "./doctor.ts";
import { renderCheck } from "./doctor/check.ts";
import { examine } from "./doctor/deployment.ts";
import { parseDoctorEnv } from "./doctor/doctor-env.ts";
import { createProgram } from "./program.ts";

const AUTH_SECRET = "the secret of the doctor's tests";
const TOKEN = "a-token-nobody-may-read";

type Ended = { readonly code: number | null; readonly out: string; readonly errors: string };

async function doctor(options: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "bin", "parallax.js"), "doctor", ...options], {
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("close", resolve)),
  ]);
  return { code, out, errors };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("doctor --transparency", () => {
  it("puts the battery to a system of its own: nothing differs, exit code 0", async () => {
    const { code, out, errors } = await doctor(["--transparency", "--json"]);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    const report = JSON.parse(out) as { readonly cases: readonly { readonly outcome: string }[]; readonly onPurpose: readonly unknown[] };
    expect(new Set(report.cases.map(({ outcome }) => outcome))).toEqual(new Set(["ok", "on purpose"]));
    expect(report.cases.length).toBeGreaterThan(190);
    expect(report.onPurpose.length).toBeGreaterThan(10);
  });

  it("names what differs, hides what is somebody's, and ends with 1", async () => {
    const answer = (extra: readonly string[]): Server =>
      createServer((_request, response) => response.writeHead(200, ["Content-Type", "text/plain", "Content-Length", "2", ...extra]).end("ok"));
    const [legacy, proxy] = [answer(["Set-Cookie", "sid=private1"]), answer(["Set-Cookie", "sid=private2", "Cache-Control", "no-store"])];
    const [legacyUrl, proxyUrl] = [await listen(legacy), await listen(proxy)];
    const { code, out } = await doctor(["--transparency", "--legacy", legacyUrl, "--proxy", proxyUrl, "--path", "/x", "--token", TOKEN]);
    for (const server of [legacy, proxy]) server.close().closeAllConnections();
    expect(code).toBe(1);
    expect(out).toMatch(/^DIFFERS +\/x: as it is$/m);
    expect(out).toContain("Cache-Control: no-store");
    expect(out).toContain("Set-Cookie: (hidden, 12 characters)");
    expect(out).not.toMatch(/private|a-token-nobody/);
    expect(out).toMatch(/NOT transparent: \d+ cases/);
  });

  it.each([
    [["--transparency", "--legacy", "http://127.0.0.1:1"], /PROXY_URL is required/],
    [["--transparency", "--proxy", "nonsense", "--legacy", "http://127.0.0.1:1"], /PROXY_URL: expected an http/],
    [["--path", "no-slash", "--transparency"], /--path: expected a path/],
    [["--transparency", "--token", "a\r\nInjected: 1"], /--token: expected printable ASCII/],
    [[], /LEGACY_URL is required .*CANDIDATE_URL is required/],
  ])("%j is bad usage", async (options, complaint) => {
    const program = createProgram();
    addDoctor(program);
    const failure = await program.parseAsync(["doctor", ...options], { from: "user" }).catch((error: unknown) => error);
    expect(exitCodeOf(failure)).toBe(EXIT.usage);
    expect(messageOf(failure)).toMatch(complaint);
  });
});

describe("doctor", () => {
  let whatsapp: TestDatabase;
  let store: TestDatabase;
  let nest: RunningSystem;
  let shadow: ShadowForTests;
  beforeAll(async () => {
    [whatsapp, store] = [await createTestDatabase("whatsapp"), await createTestDatabase("parallax")];
    nest = await startSystem("nest", { databaseUrl: whatsapp.url, authSecret: AUTH_SECRET, env: { PARALLAX_SHADOW_SECRET: SHADOW_SECRET } });
    shadow = await startShadow({ legacyUrl: nest.baseUrl, candidateUrl: nest.baseUrl, storeUrl: store.url, yaml: "" });
  });
  afterAll(async () => {
    await shadow.stop();
    await nest.stop();
    await Promise.all([whatsapp.drop(), store.drop()]);
  });

  /** Lines as they are printed. */
  async function deployment(env: Readonly<Record<string, string>> = {}): Promise<string> {
    const source = {
      LEGACY_URL: nest.baseUrl,
      CANDIDATE_URL: nest.baseUrl,
      PORT: new URL(shadow.url).port,
      OPS_PORT: new URL(shadow.opsUrl).port,
      PARALLAX_SHADOW_SECRET: SHADOW_SECRET,
      AUTH_SECRET,
      ...env,
    };
    const path = { legacy: "/api/whatsapp/sessions", nest: "/api/whatsapp/sessions" };
    const locateStore = (): Promise<string> => Promise.resolve(env["STORE"] ?? store.url);
    return (await examine({ env: parseDoctorEnv(source), locateStore, token: env["TOKEN"], path })).map(renderCheck).join("\n");
  }

  it("finds nothing wrong with a sound deployment, and says what is not configured", async () => {
    const out = await deployment();
    expect(out).not.toContain("FAILED");
    expect(out).toMatch(/^ok +the shadow secret is shared with nest: a signed call is taken \(404\), a badly signed one refused \(401\)$/m);
    expect(out).toMatch(/^ok +AUTH_SECRET is that of both systems: legacy 200, nest 200/m);
    expect(out).toMatch(/^ok +the store is migrated/m);
    expect(out).toMatch(/^skipped the tap of legacy: not configured/m);
  });

  it.each([
    ["another shadow secret", { PARALLAX_SHADOW_SECRET: "another secret of 16" }, /^FAILED +the shadow secret is shared with nest/m],
    ["another AUTH_SECRET", { AUTH_SECRET: "another secret of 16" }, /^FAILED +AUTH_SECRET is that of both systems: legacy and nest refused it/m],
    ["a token that is none", { TOKEN }, /^FAILED +the token is taken by both systems: legacy and nest refused it/m],
    ["a legacy system that is down", { LEGACY_URL: "http://127.0.0.1:1" }, /^FAILED +legacy answers: GET http:\/\/127.0.0.1:1: no answer/m],
    ["a tap without a secret", { TAP_NEST_APP: "app:key" }, /^FAILED +the tap of nest: TAP_NEST_APP: expected APP_ID:KEY:SECRET/m],
  ])("finds %s", async (_name, env, line) => {
    const out = await deployment(env);
    expect(out).toMatch(line);
    expect(out).not.toMatch(/secret of 16|a-token-nobody/);
  });

  it("finds a store that is not migrated", async () => {
    const empty = await createTestDatabase("empty");
    const out = await deployment({ STORE: empty.url });
    await empty.drop();
    expect(out).toMatch(/^FAILED +the store is migrated: \d+ migrations are missing/m);
  });
});
