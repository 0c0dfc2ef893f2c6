import { Readable } from "node:stream";
import { request } from "undici";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import { ledgerFailures, ledgerTable } from "./ledger-sums.ts";
import { watchTransfer } from "./watch-transfer.ts";
import { urlOf, withWorkbench, type Workbench } from "./workbench.ts";

const YAML = `endpoints:
  - { id: streams.down, match: "GET /down/:bytes", class: stream }
  - { id: streams.up, match: POST /up }
families:
  streams: { stage: shadow }
limits: { candidateTimeoutMs: 60000 }
`;
const FULL_BYTES = 1024 ** 3;
const SHORT_BYTES = 64 * 1024 ** 2;
const WARM_UP_BYTES = 16 * 1024 ** 2;
const CHUNK = Buffer.alloc(64 * 1024, "x");
const GROWTH_GOAL_MB = 64;

export const streamBench: Bench = {
  name: "stream",
  about: "one gigabyte up and one down, mirrored and compared by its digest",
  run: (options) => withWorkbench((bench) => run(bench, options)),
};

async function run(bench: Workbench, { isShort }: BenchOptions): Promise<BenchResult> {
  const bytes = isShort ? SHORT_BYTES : FULL_BYTES;
  const upstream = await bench.start("streams");
  const parallax = await bench.startParallax({ yaml: YAML, legacyUrl: urlOf(upstream), candidateUrl: urlOf(upstream) });
  const url = urlOf(parallax);
  await download(url, WARM_UP_BYTES);
  await upload(url, WARM_UP_BYTES);
  await parallax.ledgers();
  const transfers = [
    await watchTransfer("down", parallax.pid, () => download(url, bytes)),
    await watchTransfer("down, then the candidate's", parallax.pid, async () => (await parallax.ledgers(), bytes)),
    await watchTransfer("up", parallax.pid, () => upload(url, bytes)),
  ];
  const ledgers = await parallax.ledgers();
  const lost = transfers.filter((transfer) => transfer.bytes !== bytes).map(({ name, bytes: got }) => `${name}: ${got} of ${bytes} bytes arrived`);
  return {
    parameters: `${bytes / 1024 ** 2} MB each way`,
    tables: [
      {
        title: "Transfers",
        head: ["", "seconds", "MB/s", "memory grew by MB"],
        rows: transfers.map(({ name, seconds, growthMb }) => [
          name,
          seconds.toFixed(1),
          (bytes / 1024 ** 2 / seconds).toFixed(0),
          growthMb.toFixed(0),
        ]),
      },
      ledgerTable("What became of the reads", ledgers),
    ],
    goals: transfers.map(({ name, growthMb }) => ({
      text: `${name}: memory grows by < ${GROWTH_GOAL_MB} MB`,
      value: `${growthMb.toFixed(0)} MB`,
      isMet: growthMb < GROWTH_GOAL_MB,
    })),
    notes: [],
    failures: [...lost, ...ledgerFailures(ledgers)],
  };
}

async function download(url: string, bytes: number): Promise<number> {
  const { body } = await request(`${url}/down/${bytes}`);
  let got = 0;
  for await (const chunk of body) got += (chunk as Uint8Array).length;
  return got;
}

async function upload(url: string, bytes: number): Promise<number> {
  function* chunks(): Generator<Buffer> {
    for (let missing = bytes; missing > 0; missing -= CHUNK.length) yield CHUNK;
  }
  const { body } = await request(`${url}/up`, { method: "POST", body: Readable.from(chunks(), { objectMode: false }) });
  return ((await body.json()) as { readonly bytes: number }).bytes;
}
