import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { request } from "undici";
import { AppError } from "../lib/errors.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { waitUntil } from "../lib/processes.ts";
import { readOrMakeSecret } from "../lib/secret-file.ts";
import type { Ledger, Report, SendsReport } from "../shadow/core/summary/report.ts";
import { runProgram, type Program } from "./run-program.ts";

export type Parallax = Program & {
  /** The ledgers by endpoint, once nothing is pending. */
  readonly ledgers: () => Promise<ReadonlyMap<string, Ledger>>;
  readonly report: () => Promise<Report>;
  /** Candidate calls allowed at once. */
  readonly limit: () => Promise<number>;
  /** What the send ledger counted. */
  readonly sends: () => Promise<SendsReport>;
};

const SETTLE_TIMEOUT_MS = 60_000;
const SETTLE_POLL_MS = 250;

export type ParallaxOptions = {
  readonly yaml: string;
  readonly legacyUrl: string;
  readonly candidateUrl: string;
  /** Beside the flags it is started with. */
  readonly env?: Readonly<Record<string, string>>;
};

/** `parallax serve` as anyone would run it, with a store of its own in the folder. */
export async function startParallax(options: ParallaxOptions & { readonly folder: string }): Promise<Parallax> {
  const { folder, yaml, legacyUrl, candidateUrl } = options;
  const config = join(folder, "parallax.yaml");
  const dataDir = join(folder, "data");
  await writeFile(config, yaml);
  const flags = { config, legacy: legacyUrl, candidate: candidateUrl, port: "0", "ops-port": "0", "data-dir": dataDir };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const program = await runProgram([join(PACKAGE_ROOT, "bin", "parallax.js"), "serve", ...args], { ready: "parallax ready", env: options.env });
  const ask = async (path: string): Promise<string> => {
    const authorization = `Bearer ${readOrMakeSecret(join(dataDir, "ops-token"))}`;
    const { statusCode, body } = await request(`http://127.0.0.1:${Number(program.line["opsPort"])}${path}`, { headers: { authorization } });
    const text = await body.text();
    if (statusCode !== 200) throw new AppError("BENCH_OPS", `GET ${path} of the ops API answered ${statusCode}, expected 200`);
    return text;
  };
  return {
    ...program,
    ledgers: async () => {
      let ledgers = new Map<string, Ledger>();
      const isSettled = await waitUntil(
        async () => {
          const { endpoints } = JSON.parse(await ask("/api/summary")) as Report;
          ledgers = new Map(endpoints.map(({ id, ledger }) => [id, ledger]));
          return endpoints.every(({ ledger }) => ledger.pending === 0);
        },
        SETTLE_TIMEOUT_MS,
        SETTLE_POLL_MS,
      );
      if (!isSettled) throw new AppError("BENCH_PENDING", `reads were still pending after ${SETTLE_TIMEOUT_MS / 1000} s`);
      return ledgers;
    },
    sends: async () => (JSON.parse(await ask("/api/summary")) as Report).sends,
    report: async () => JSON.parse(await ask("/api/summary")) as Report,
    limit: async () => Number(/^parallax_candidate_limit (\S+)$/m.exec(await ask("/metrics"))?.[1] ?? 0),
  };
}
