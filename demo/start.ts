import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT, messageOf } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { readReport } from "../reports/read-report.ts";
import { renderHtml } from "../reports/render-html.ts";
import { readConfigFile } from "../shadow/config.ts";
import { connectStore } from "../shadow/store/store.ts";
import { prepareDatabases, type DemoDatabases } from "./databases.ts";
import { matchInjections } from "./injections.ts";
import { createOpsClient } from "./ops-client.ts";
import { choosePorts } from "./ports.ts";
import { renderSummary, renderWelcome } from "./screen.ts";
import { startSystems, type DemoSystems } from "./systems.ts";
import { startConversations, type ConversationSummary } from "./traffic/conversations.ts";
import type { TrafficSummary } from "./traffic/tally.ts";
import { startTraffic } from "./traffic/traffic.ts";
import { SALES_PHONE } from "./whatsapp-side.ts";

export type DemoOptions = {
  readonly dataDir: string;
  /** Run the traffic for this long, report, stop. Absent: until `signal`. */
  readonly onceSeconds: number | undefined;
  readonly isFaithful: boolean;
  readonly hasTraffic: boolean;
  readonly hasFreePorts: boolean;
  readonly isKept: boolean;
  readonly log: Logger;
  readonly print: (text: string) => void;
  /** Shows a screen that replaces the last one, where that is possible. */
  readonly show: (text: string) => void;
  /** Aborted when a person or a supervisor wants an end. */
  readonly signal: AbortSignal;
};

/** What goes on without a program that ended, so that somebody may try what its loss does. */
const SURVIVED: Readonly<Record<string, string>> = {
  nest: "clients are served on; the ledger will show candidate errors",
  worker: "sends wait in the outbox, what customers write waits at WhatsApp",
  whatsapp: "the worker tries to reconnect; sends wait in the outbox",
};
const REFRESH_MS = 5_000;
const SETTLE_TIMEOUT_MS = 15_000;
const HOUR_MS = 3_600_000;

/** Everything up, traffic through the proxy, a summary, everything down. Answers the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { dataDir, log, print, signal } = options;
  const ports = await choosePorts(options.hasFreePorts);
  print("starting PostgreSQL and seeding 20,000 messages …");
  const databases = await prepareDatabases({ dataDir, isKept: options.isKept, log });
  const end = new AbortController();
  signal.addEventListener("abort", () => end.abort(), { once: true });
  let code: number = EXIT.done;
  try {
    if (signal.aborted) return code;
    print("starting the broker, both APIs, the proxy, WhatsApp and the worker …");
    const systems = await startSystems({
      ports,
      databases,
      dataDir,
      isFaithful: options.isFaithful,
      onExit: (name, how) => {
        const consequence = SURVIVED[name];
        print(`${name} ended (${how})${consequence === undefined ? "; stopping" : `: ${consequence}`}`);
        if (consequence !== undefined) return;
        code = EXIT.failed;
        end.abort();
      },
    });
    try {
      const result = await drive(systems, { ...options, signal: end.signal }, databases);
      return code === EXIT.done ? result : code;
    } finally {
      print("stopping …");
      await systems.stop();
    }
  } finally {
    await databases.postgres.stop();
  }
}

async function drive(systems: DemoSystems, options: DemoOptions, databases: DemoDatabases): Promise<number> {
  const traffic = options.hasTraffic ? await startPeople(systems, databases) : undefined;
  try {
    options.print(`\n${renderWelcome(systems)}`);
    if (options.onceSeconds === undefined) await watch(systems, options, traffic);
    else return await runOnce(systems, options, { databases, traffic, seconds: options.onceSeconds });
    return EXIT.done;
  } finally {
    await traffic?.stop();
  }
}

type Summary = TrafficSummary & ConversationSummary;
type People = { readonly stop: () => Promise<Summary>; readonly summary: () => Summary };

/** Operators who look, and customers who write and are answered. */
async function startPeople({ urls, authSecret }: DemoSystems, { whatsappUrl }: DemoDatabases): Promise<People> {
  const people = { baseUrl: urls.proxy, authSecret };
  const [traffic, talk] = [
    await startTraffic(people),
    await startConversations({ ...people, databaseUrl: whatsappUrl, phoneUrl: urls.phone, account: SALES_PHONE }),
  ];
  return {
    stop: async () => {
      await talk.stop();
      return { ...(await traffic.stop()), ...talk.summary() };
    },
    summary: () => ({ ...traffic.summary(), ...talk.summary() }),
  };
}

/** A summary every few seconds until somebody wants an end. */
async function watch(systems: DemoSystems, { signal, show, hasTraffic }: DemoOptions, traffic: People | undefined): Promise<void> {
  const ops = createOpsClient(systems.urls.ops, systems.opsToken);
  while (!signal.aborted) {
    await sleep(REFRESH_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const summary = renderSummary(await ops.summary(), traffic?.summary(), systems.injections);
      show(`${renderWelcome(systems)}\n${summary}\n\n${hasTraffic ? "" : "no traffic is made: use the admin page. "}Ctrl-C stops everything`);
    } catch (error) {
      show(`${renderWelcome(systems)}\nno summary right now: ${messageOf(error)}`);
    }
  }
}

type Once = { readonly databases: DemoDatabases; readonly traffic: People | undefined; readonly seconds: number };

async function runOnce(systems: DemoSystems, { signal, dataDir, print }: DemoOptions, { databases, traffic, seconds }: Once): Promise<number> {
  print(`traffic runs for ${seconds} s …`);
  await sleep(seconds * 1_000, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) return EXIT.done;
  const made = await traffic?.stop();
  const report = await createOpsClient(systems.urls.ops, systems.opsToken).settled(SETTLE_TIMEOUT_MS);
  print(`\n${renderSummary(report, made, systems.injections)}`);
  print(`report written to ${await writeReport(databases.storeUrl, dataDir)}`);
  const { missed, unexpected } = matchInjections(systems.injections, report.drifts);
  return missed.length === 0 && unexpected.length === 0 ? EXIT.done : EXIT.failed;
}

async function writeReport(storeUrl: string, dataDir: string): Promise<string> {
  const store = connectStore({ url: storeUrl, poolMax: 2, applicationName: "parallax demo report" });
  try {
    const { config } = readConfigFile(join(dataDir, "demo.yaml"));
    const page = await readReport(store, { config, sinceMs: HOUR_MS });
    const file = join(dataDir, "reports", `demo-${page.report.generatedAt.replaceAll(/[:.]/g, "-")}.html`);
    mkdirSync(join(dataDir, "reports"), { recursive: true });
    writeFileSync(file, renderHtml(page));
    return file;
  } finally {
    await store.$disconnect();
  }
}
