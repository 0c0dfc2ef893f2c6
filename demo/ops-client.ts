import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { AppError } from "../lib/errors.ts";
import type { Report } from "../shadow/core/summary/report.ts";

const TIMEOUT_MS = 20_000;
const POLL_MS = 250;

export type OpsClient = {
  readonly summary: () => Promise<Report>;
  /** The summary once nothing is pending any more, or as it is after `timeoutMs`. */ readonly settled: (timeoutMs: number) => Promise<Report>;
};

/** Asks the ops API of the demo's proxy. */
export function createOpsClient(opsUrl: string, token: string): OpsClient {
  const summary = async (): Promise<Report> => {
    const { statusCode, body } = await request(`${opsUrl}/api/summary`, {
      headers: { authorization: `Bearer ${token}` },
      headersTimeout: TIMEOUT_MS,
    });
    if (statusCode !== 200) throw new AppError("DEMO_OPS", `GET ${opsUrl}/api/summary answered ${statusCode}: ${await body.text()}`);
    return (await body.json()) as Report;
  };
  const settled = async (timeoutMs: number): Promise<Report> => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const report = await summary();
      const isPending = report.endpoints.some(({ ledger }) => ledger.pending > 0);
      if (!isPending || Date.now() > deadline) return report;
      await sleep(POLL_MS);
    }
  };
  return { summary, settled };
}
