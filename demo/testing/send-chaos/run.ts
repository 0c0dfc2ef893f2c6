import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../lib/free-port.ts";
import { PACKAGE_ROOT } from "../../../lib/paths.ts";
import { createOpsClient, type SendsClient } from "./ops.ts";
import { insist, runClient, type ClientSend, type ClientSettings } from "./clients.ts";
import { waitUntil } from "../../../lib/processes.ts";
import { createRandom, type Random } from "../../seed/random.ts";
import { Supervised } from "./supervised.ts";

/**
 * Clients that retry with timeouts, while replicas of the proxy and both owners are killed with SIGKILL and the families flip.
 * Legacy is taken for one that does not know keys, so that there are sends whose fate nobody knows.
 */
export type ChaosSettings = {
  readonly seconds: number;
  readonly seed: number;
  readonly urls: { readonly legacy: string; readonly nest: string; readonly store: string };
  readonly authSecret: string;
  readonly authorization: string;
  readonly sessionId: string;
  /** How often each key reached a customer. */
  readonly delivered: () => Promise<ReadonlyMap<string, number>>;
};

export type ChaosResult = {
  readonly sends: readonly ClientSend[];
  readonly delivered: ReadonlyMap<string, number>;
  /** Keys that the ledger lists as of unknown fate. */
  readonly unknown: ReadonlySet<string>;
  readonly kills: Readonly<Record<string, number>>;
  readonly flips: number;
};

const CLIENTS = 6;
const OPS_TOKEN = "0123456789abcdef-chaos";
const KEYS = { PARALLAX_SEND_KEY: "chaos-send-key-0123456789", PARALLAX_AUDIT_KEY: "chaos-audit-key-0123456789" };
const SETTLE_MS = 30_000;
const CONFIG = {
  extends: "whatsapp",
  families: { sends: { stage: "shadow", legacyHonoursKey: false, nestHonoursKey: true }, conversation: { stage: "shadow" } },
  rollback: { enabled: false },
};

export async function runSendChaos(settings: ChaosSettings): Promise<ChaosResult> {
  const folder = await mkdtemp(join(tmpdir(), "parallax-send-chaos-"));
  const random = createRandom(settings.seed);
  const programs = await createPrograms(settings, folder);
  try {
    await Promise.all(programs.all.map((program) => program.start()));
    const clients: ClientSettings = { ...settings, baseUrls: programs.proxyUrls, random };
    const deadlineMs = Date.now() + settings.seconds * 1_000;
    const wreaking = wreak(programs, random, deadlineMs);
    const ran = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => runClient(`c${index}`, clients, deadlineMs)));
    const flips = await wreaking;
    await Promise.all(programs.all.map((program) => program.start()));
    const sends = ran.flat();
    // The last word: everything is up, who is not sure asks once more.
    const settleBy = Date.now() + SETTLE_MS;
    await inTurns(
      sends.filter(({ fate }) => fate !== "accepted"),
      (send) => insist(send, clients, settleBy),
    );
    const unknown = new Set(await programs.ops[0].unknownKeys());
    const kills = Object.fromEntries(programs.all.map(({ name, kills: count }) => [name, count]));
    return { sends, delivered: await settings.delivered(), unknown, kills, flips };
  } finally {
    for (const program of programs.all) await program.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Programs = {
  readonly all: readonly Supervised[];
  readonly proxyUrls: readonly string[];
  readonly ops: readonly [SendsClient, SendsClient];
};

async function createPrograms({ urls, authSecret }: ChaosSettings, folder: string): Promise<Programs> {
  const ports = await Promise.all(Array.from({ length: 6 }, () => freePort()));
  const [legacy, nest, one, other, oneOps, otherOps] = ports.map((port) => `http://127.0.0.1:${port}`) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const portOf = (url: string): string => new URL(url).port;
  const cli = join(PACKAGE_ROOT, "bin", "parallax.js");
  const owner = { AUTH_SECRET: authSecret, SEND_RATE_PER_MINUTE: "0", MEDIA_DIR: join(folder, "media"), LOG_LEVEL: "warn" };
  const configFile = join(folder, "chaos.yaml");
  writeFileSync(configFile, JSON.stringify(CONFIG));
  const next = [join(PACKAGE_ROOT, "node_modules", "next", "dist", "bin", "next"), "start", join(PACKAGE_ROOT, "demo", "legacy-next")];
  const proxy = (name: string, url: string, opsUrl: string): Supervised =>
    new Supervised({
      name,
      logFolder: folder,
      probeUrl: `${opsUrl}/healthz`,
      args: [cli, "serve", "--config", configFile, "--port", portOf(url), "--ops-port", portOf(opsUrl), "--data-dir", join(folder, name)],
      env: {
        LEGACY_URL: legacy,
        CANDIDATE_URL: nest,
        PARALLAX_DATABASE_URL: urls.store,
        AUTH_SECRET: authSecret,
        PARALLAX_OPS_TOKENS: `chaos:releaser:${OPS_TOKEN}`,
        LOG_LEVEL: "error",
        ...KEYS,
      },
    });
  const all = [
    new Supervised({
      name: "legacy",
      logFolder: folder,
      probeUrl: `${legacy}/api/whatsapp/sessions`,
      args: [...next, "-p", portOf(legacy), "-H", "127.0.0.1"],
      env: { ...owner, DATABASE_URL: urls.legacy, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    }),
    new Supervised({
      name: "nest",
      logFolder: folder,
      probeUrl: `${nest}/readyz`,
      args: [cli, "api"],
      env: { ...owner, DATABASE_URL: urls.nest, PORT: portOf(nest) },
    }),
    proxy("proxy-1", one, oneOps),
    proxy("proxy-2", other, otherOps),
  ];
  return { all, proxyUrls: [one, other], ops: [createOpsClient(oneOps, OPS_TOKEN), createOpsClient(otherOps, OPS_TOKEN)] };
}

/** Kills one program after the other and flips the family, until the deadline. Answers how many flips were made. */
async function wreak({ all, ops }: Programs, random: Random, deadlineMs: number): Promise<number> {
  let flips = 0;
  while (Date.now() < deadlineMs) {
    // On a machine that is slow to start programs everything would be down all the time, and nobody would send anything.
    await waitUntil(() => all.every(({ isUp }) => isUp), Math.max(0, deadlineMs - Date.now()));
    await sleep(random.int(300, 1_500));
    const stage = random.pick(["shadow", "canary", "nest"] as const);
    if (random.next() < 0.5 && (await random.pick(ops).flip(stage))) flips += 1;
    const program = random.pick(all);
    if (await program.kill()) void program.start().catch(() => undefined); // killed again while it started, say
  }
  return flips;
}

/** A few at a time: a crowd would measure the machine. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: CLIENTS }, worker));
}
