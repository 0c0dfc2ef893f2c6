import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../lib/free-port.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { startProgram, type RunningProgram } from "./program.ts";

/** `parallax serve` as a child process in front of both systems, every family at stage `shadow`. */

export type ProxySettings = {
  readonly legacyUrl: string;
  readonly candidateUrl: string;
  readonly storeUrl: string;
  readonly authSecret: string;
  readonly shadowSecret: string;
  readonly families: readonly string[];
};

type Outcomes = Readonly<Record<string, number>>;
/** What this suite reads of the report object (`parallax.report/v1`). */
export type ProxyReport = {
  readonly endpoints: readonly { readonly id: string; readonly ledger: Outcomes }[];
  readonly drifts: readonly { readonly endpoint: string; readonly path: string; readonly kind: string }[];
};

export type RunningProxy = RunningProgram & {
  /** Resolves when everything that was mirrored has been decided. */
  readonly settled: () => Promise<void>;
  readonly report: () => Promise<ProxyReport>;
};

const HOST = "127.0.0.1";
const OPS_TOKEN = "contract-suite-releaser-token";
const SETTLE_TIMEOUT_MS = 20_000;
const POLL_MS = 5;
/** The suite asks faster than any user: everything it reads is to be compared. */
const LIMITS = { reReadPerSecond: 1_000, candidateTimeoutMs: 20_000 };

export async function startProxy({ legacyUrl, candidateUrl, storeUrl, authSecret, shadowSecret, families }: ProxySettings): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), "parallax-contract-"));
  const config = join(folder, "parallax.yaml");
  const stages = Object.fromEntries(families.map((family) => [family, { stage: "shadow" }]));
  await writeFile(config, JSON.stringify({ extends: "whatsapp", families: stages, limits: LIMITS }));
  const [port, opsPort, tapPort] = [await freePort(HOST), await freePort(HOST), await freePort(HOST)];
  const opsUrl = `http://${HOST}:${opsPort}`;
  const program = await startProgram({
    name: "proxy",
    args: [join(PACKAGE_ROOT, "bin", "parallax.js"), "serve", "--config", config],
    env: {
      LEGACY_URL: legacyUrl,
      CANDIDATE_URL: candidateUrl,
      PARALLAX_DATABASE_URL: storeUrl,
      PARALLAX_DATA_DIR: folder,
      HOST,
      PORT: String(port),
      OPS_PORT: String(opsPort),
      TAP_PORT: String(tapPort),
      AUTH_SECRET: authSecret,
      PARALLAX_SHADOW_SECRET: shadowSecret,
      METRICS_PUBLIC: "true",
      PARALLAX_OPS_TOKENS: `contract:releaser:${OPS_TOKEN}`,
    },
    baseUrl: `http://${HOST}:${port}`,
    probePath: "/api/whatsapp/sessions",
  });
  return {
    ...program,
    settled: () => untilSettled(opsUrl),
    report: async () => {
      const response = await fetch(`${opsUrl}/api/summary`, { headers: { authorization: `Bearer ${OPS_TOKEN}` } });
      return (await response.json()) as ProxyReport;
    },
    stop: async () => {
      await program.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilSettled(opsUrl: string): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    const text = await (await fetch(`${opsUrl}/metrics`)).text();
    if (/^parallax_bus_size 0$/m.test(text)) return;
    if (Date.now() > deadline) throw new Error(`the proxy did not decide everything within ${SETTLE_TIMEOUT_MS} ms`);
    await sleep(POLL_MS);
  }
}
