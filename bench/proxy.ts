import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { readOrMakeSecret } from "../lib/secret-file.ts";
import type { Ledger, Report } from "../shadow/core/summary/report.ts";
import { medianResult, runLoad, type LoadResult } from "./load.ts";
import { runProgram, type Program } from "./run-program.ts";
import { printTable } from "./table.ts";

export type ProxyBenchOptions = { readonly rounds: number; readonly seconds: number; readonly connections: number };

const CONFIG = `endpoints:
  - { id: contacts.list, match: GET /api/whatsapp/contacts }
families:
  contacts: { stage: shadow }
`;
const TARGET = "/api/whatsapp/contacts";

/** Bare @fastify/http-proxy against `parallax serve` with every read mirrored and compared: same upstream, alternating rounds. Answers the ratio. */
export async function benchProxy({ rounds, seconds, connections }: ProxyBenchOptions): Promise<{ readonly ratio: number; readonly failed: number }> {
  const folder = await mkdtemp(join(tmpdir(), "parallax-bench-"));
  const programs: Program[] = [];
  try {
    const upstream = await runProgram([program("upstream")], { ready: "ready" });
    programs.push(upstream);
    const upstreamUrl = `http://127.0.0.1:${upstream.port}`;
    const bare = await runProgram([program("bare-proxy"), upstreamUrl], { ready: "ready" });
    programs.push(bare);
    const config = join(folder, "parallax.yaml");
    await writeFile(config, CONFIG);
    const serve = await runProgram(
      [
        join(PACKAGE_ROOT, "bin", "parallax.js"),
        "serve",
        "--config",
        config,
        "--legacy",
        upstreamUrl,
        "--candidate",
        upstreamUrl,
        "--port",
        "0",
        "--ops-port",
        "0",
        "--data-dir",
        join(folder, "data"),
      ],
      { ready: "parallax ready" },
    );
    programs.push(serve);
    const results = await alternate({ bare: bare.port, parallax: serve.port }, { rounds, seconds, connections });
    const ledger = await readLedger(Number(serve.line["opsPort"]), readOrMakeSecret(join(folder, "data", "ops-token")));
    return report(results, ledger, Number(upstream.line["bytes"]));
  } finally {
    for (const running of programs.toReversed()) await running.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const program = (name: string): string => join(PACKAGE_ROOT, "dist", "bench", "programs", `${name}.js`);

type Results = { readonly bare: LoadResult; readonly parallax: LoadResult };

async function alternate(ports: Readonly<Record<keyof Results, number>>, { rounds, seconds, connections }: ProxyBenchOptions): Promise<Results> {
  const run = (port: number, length: number): Promise<LoadResult> =>
    runLoad({ url: `http://127.0.0.1:${port}${TARGET}`, connections, seconds: length });
  const bare: LoadResult[] = [];
  const parallax: LoadResult[] = [];
  await run(ports.bare, 2);
  await run(ports.parallax, 2);
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await run(ports.bare, seconds));
    parallax.push(await run(ports.parallax, seconds));
  }
  return { bare: medianResult(bare), parallax: medianResult(parallax) };
}

async function readLedger(opsPort: number, token: string): Promise<Ledger | undefined> {
  const { body } = await request(`http://127.0.0.1:${opsPort}/api/summary`, { headers: { authorization: `Bearer ${token}` } });
  return ((await body.json()) as Report).endpoints[0]?.ledger;
}

function report({ bare, parallax }: Results, ledger: Ledger | undefined, bytes: number): { readonly ratio: number; readonly failed: number } {
  const ratio = parallax.perSecond / bare.perSecond;
  const row = (name: string, { perSecond, p50Ms, p99Ms, failed }: LoadResult, share: number): string[] => [
    name,
    perSecond.toFixed(0),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    String(failed),
    share.toFixed(2),
  ];
  printTable(
    `GET, ${bytes} bytes of JSON, saturated (medians)`,
    ["", "requests/s", "p50 ms", "p99 ms", "failed", "ratio"],
    [row("@fastify/http-proxy", bare, 1), row("parallax serve, all mirrored", parallax, ratio)],
  );
  if (ledger !== undefined) {
    const counts = Object.entries(ledger).filter(([, count]) => count > 0);
    process.stdout.write(`ledger: ${counts.map(([name, count]) => `${name} ${count}`).join(", ")}\n`);
  }
  return { ratio, failed: bare.failed + parallax.failed };
}
