import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createLogger } from "../../lib/log.ts";
import { createShadow } from "../app.ts";
import { parseConfig } from "../config.ts";
import type { TapSettings } from "../settings.ts";
import type { Ledger, Report } from "../core/summary/report.ts";

const TOKEN = "0123456789abcdef-ops";
export const SHADOW_SECRET = "0123456789abcdef-shadow";
export const AUTH_SECRET = "0123456789abcdef-tokens";
export const SEND_KEY = "0123456789abcdef-sends";
export const AUDIT_KEY = "0123456789abcdef-audit";
const DECISION_TIMEOUT_MS = 20_000;
const POLL_MS = 20;

export type ShadowForTests = {
  readonly url: string;
  /** A call of the ops API as the releaser. */
  readonly ops: (path: string, init?: RequestInit) => Promise<Response>;
  /** 0: no tap. */
  readonly tapPort: number;
  readonly opsUrl: string;
  readonly opsAs: (headers: Record<string, string>, path: string, init: RequestInit) => Promise<Response>;
  readonly summary: () => Promise<Report>;
  /** The counters of one endpoint that are not zero. Throws unless `eligible` is the sum of the others. */
  readonly ledger: (endpoint: string) => Promise<Partial<Ledger>>;
  /** Resolves when so many reads of the endpoint have been decided since the start. */
  readonly decided: (endpoint: string, count: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type ShadowForTestsOptions = {
  readonly legacyUrl: string;
  readonly candidateUrl: string;
  readonly storeUrl: string | (() => Promise<string>);
  readonly yaml: string;
  readonly logLevel?: "silent" | "warn" | "info";
  /** null: none. */
  readonly shadowSecret?: string | null;
  /** Kept when given; otherwise a new one that goes with the proxy. */
  readonly dataDir?: string;
  /** null: none. */
  readonly authSecret?: string | null;
  readonly sendKey?: string;
  readonly tap?: TapSettings;
};

/** A real proxy in this process, with its comparator thread, on free ports. */
export async function startShadow(options: ShadowForTestsOptions): Promise<ShadowForTests> {
  const { legacyUrl, candidateUrl, storeUrl, yaml, logLevel = "silent", shadowSecret = SHADOW_SECRET, authSecret = AUTH_SECRET } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "parallax-shadow-")));
  const app = createShadow({
    settings: {
      config: parseConfig(yaml, "test.yaml").config,
      legacyUrl,
      candidateUrl,
      host: "127.0.0.1",
      port: 0,
      opsPort: 0,
      dataDir,
      opsTokens: [
        { name: "releaser", role: "releaser", secret: TOKEN },
        { name: "viewer", role: "viewer", secret: `${TOKEN}-viewer` },
      ],
      isMetricsPublic: true,
      shadowSecret: shadowSecret ?? undefined,
      redactKey: "0123456789abcdef-redact",
      auditKey: AUDIT_KEY,
      authSecret: authSecret ?? undefined,
      sendKey: options.sendKey ?? SEND_KEY,
      tap: options.tap,
    },
    log: createLogger({ program: "test", level: logLevel }),
    locateStore: () => (typeof storeUrl === "string" ? Promise.resolve(storeUrl) : storeUrl()),
    pages: { summary: () => "summary", signIn: () => "sign in" },
  });
  const { port, opsPort, tapPort } = await app.start();
  const opsUrl = `http://127.0.0.1:${opsPort}`;
  const watch = new DecisionWatch(opsUrl);
  const ops = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(opsUrl + path, {
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, ...(init.body === undefined ? {} : { "content-type": "application/json" }) },
    });
  const summary = async (): Promise<Report> => (await (await ops("/api/summary")).json()) as Report;
  return {
    url: `http://127.0.0.1:${port}`,
    tapPort: tapPort ?? 0,
    opsUrl,
    opsAs: (headers, path, init) => fetch(opsUrl + path, { ...init, headers }),
    ops,
    summary,
    ledger: async (endpoint) => countsOf(await summary(), endpoint),
    decided: (endpoint, count) => watch.until(endpoint, count),
    stop: async () => {
      await app.stop();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function countsOf(report: Report, endpoint: string): Partial<Ledger> {
  const found = report.endpoints.find(({ id }) => id === endpoint)?.ledger;
  if (found === undefined) throw new Error(`the report has no endpoint ${endpoint}`);
  const { eligible, ...others } = found;
  const sum = Object.values(others).reduce((total, count) => total + count, 0);
  if (sum !== eligible) throw new Error(`${endpoint}: eligible is ${eligible}, the others add up to ${sum}: ${JSON.stringify(found)}`);
  return Object.fromEntries(Object.entries(found).filter(([, count]) => count !== 0));
}

type Waiter = {
  readonly endpoint: string;
  readonly count: number;
  readonly deadlineMs: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/** One poll of the metrics for everybody who waits: many would keep the proxy's own event loop busy. */
class DecisionWatch {
  readonly #url: string;
  #waiters: Waiter[] = [];
  #isPolling = false;

  constructor(opsUrl: string) {
    this.#url = `${opsUrl}/metrics`;
  }

  until(endpoint: string, count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ endpoint, count, deadlineMs: Date.now() + DECISION_TIMEOUT_MS, resolve, reject });
      if (!this.#isPolling) void this.#poll();
    });
  }

  async #poll(): Promise<void> {
    this.#isPolling = true;
    while (this.#waiters.length > 0) {
      const counts = countDecided(await (await fetch(this.#url)).text());
      const waiting = this.#waiters;
      this.#waiters = waiting.filter(({ endpoint, count }) => (counts.get(endpoint) ?? 0) < count);
      for (const waiter of waiting) if (!this.#waiters.includes(waiter)) waiter.resolve();
      for (const waiter of this.#waiters.filter(({ deadlineMs }) => deadlineMs < Date.now())) {
        this.#waiters = this.#waiters.filter((each) => each !== waiter);
        waiter.reject(new Error(`${waiter.endpoint}: ${counts.get(waiter.endpoint) ?? 0} of ${waiter.count} reads were decided in time`));
      }
      await sleep(POLL_MS);
    }
    this.#isPolling = false;
  }
}

function countDecided(metrics: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, endpoint = "", value] of metrics.matchAll(/^parallax_reads_total\{endpoint="([^"]+)",[^}]*\} (\d+)$/gm))
    counts.set(endpoint, (counts.get(endpoint) ?? 0) + Number(value));
  return counts;
}
