import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { request } from "undici";
import { z } from "zod";
import type { Child } from "../demo/child.ts";
import { prepareDatabases } from "../demo/databases.ts";
import { NORTH, SESSIONS } from "../demo/seed/identities.ts";
import { createOperators } from "../demo/traffic/operators.ts";
import { freePort } from "../lib/free-port.ts";
import { createLogger } from "../lib/log.ts";
import { startSystem, type System } from "./api-systems.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import { watchTransfer, type Transfer } from "./watch-transfer.ts";
import { withWorkbench } from "./workbench.ts";

const MB = 1024 ** 2;
const FULL_BYTES = 1024 * MB;
const SHORT_BYTES = 32 * MB;
const CHUNK_BYTES = 64 * 1024;
const WARM_UP_BYTES = 16 * MB;
const GROWTH_GOAL_MB = 64;
const BOUNDARY = "parallax-bench-boundary";
const CHAT = "15550109999@s.whatsapp.net";
const TIMEOUT_MS = 300_000;

export const mediaBench: Bench = {
  name: "media",
  about: "a file of one gigabyte sent as media and fetched again, from nest and from the legacy app",
  run: (options) => withWorkbench((bench) => run(bench.folder, options)),
};

type Moved = { readonly system: System; readonly up: Transfer; readonly down: Transfer; readonly isWhole: boolean };

async function run(folder: string, { isShort }: BenchOptions): Promise<BenchResult> {
  const bytes = isShort ? SHORT_BYTES : FULL_BYTES;
  const databases = await prepareDatabases({ dataDir: folder, isKept: false, log: createLogger({ program: "bench", level: "warn" }) });
  const children: Child[] = [];
  try {
    const secret = randomBytes(24).toString("hex");
    const operator = (await createOperators(secret, new Date())).find(({ user }) => user.tenantId === NORTH.id && user.role !== "user");
    const moved: Moved[] = [];
    for (const system of ["legacy", "nest"] as const) {
      const port = await freePort();
      const child = await startSystem(system, { port, databaseUrl: databases.whatsappUrl, secret, folder });
      children.push(child);
      moved.push(await moveFile({ system, pid: child.pid, url: `http://127.0.0.1:${port}`, headers: { ...operator?.headers } }, bytes));
    }
    return report(moved, bytes);
  } finally {
    for (const child of children.toReversed()) await child.stop();
    await databases.postgres.stop();
  }
}

function report(moved: readonly Moved[], bytes: number): BenchResult {
  const transfers = moved.flatMap(({ system, up, down }) => [
    { name: `${system}, up`, ...rateOf(up) },
    { name: `${system}, down`, ...rateOf(down) },
  ]);
  return {
    parameters: `${bytes / MB} MB each way`,
    tables: [
      {
        title: "Transfers",
        head: ["", "MB/s", "memory grew by MB"],
        rows: transfers.map(({ name, perSecond, growthMb }) => [name, perSecond.toFixed(0), growthMb.toFixed(0)]),
      },
    ],
    goals: transfers
      .filter(({ name }) => name.startsWith("nest"))
      .map(({ name, growthMb }) => ({
        text: `${name}: memory grows by < ${GROWTH_GOAL_MB} MB`,
        value: `${growthMb.toFixed(0)} MB`,
        isMet: growthMb < GROWTH_GOAL_MB,
      })),
    notes: [],
    failures: moved.filter(({ isWhole }) => !isWhole).map(({ system }) => `${system}: what came back is not what was sent`),
  };
}

function rateOf({ bytes, seconds, growthMb }: Transfer): { readonly perSecond: number; readonly growthMb: number } {
  return { perSecond: bytes / MB / seconds, growthMb };
}

type Target = { readonly system: System; readonly pid: number; readonly url: string; readonly headers: Record<string, string> };

async function moveFile(target: Target, bytes: number): Promise<Moved> {
  await fetchBack(target, (await send(target, WARM_UP_BYTES)).mediaUrl);
  let sent = { mediaUrl: "", sha256: "" };
  let sha256 = "";
  const up = await watchTransfer("up", target.pid, async () => {
    sent = await send(target, bytes);
    return bytes;
  });
  const down = await watchTransfer("down", target.pid, async () => {
    const back = await fetchBack(target, sent.mediaUrl);
    sha256 = back.sha256;
    return back.bytes;
  });
  return { system: target.system, up, down, isWhole: sha256 === sent.sha256 && down.bytes === bytes };
}

/** Sends a file that no other send has, made while it goes. */
async function send({ url, headers }: Target, bytes: number): Promise<{ readonly mediaUrl: string; readonly sha256: string }> {
  const hash = createHash("sha256");
  const chunk = randomBytes(CHUNK_BYTES);
  function* form(): Generator<Buffer> {
    for (const [name, value] of [
      ["sessionId", SESSIONS.sales.sessionId],
      ["toJid", CHAT],
    ])
      yield Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
    yield Buffer.from(
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="bench.bin"\r\ncontent-type: application/octet-stream\r\n\r\n`,
    );
    for (let missing = bytes; missing > 0; missing -= CHUNK_BYTES) {
      hash.update(chunk);
      yield chunk;
    }
    yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  }
  const { statusCode, body } = await request(`${url}/api/whatsapp/send-media`, {
    method: "POST",
    headers: { ...headers, "content-type": `multipart/form-data; boundary=${BOUNDARY}` },
    body: Readable.from(form(), { objectMode: false }),
    headersTimeout: TIMEOUT_MS,
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`send-media answered ${statusCode}: ${text}`);
  return { mediaUrl: reply.parse(JSON.parse(text)).message.mediaUrl, sha256: hash.digest("hex") };
}

const reply = z.object({ message: z.object({ mediaUrl: z.string() }) });

async function fetchBack({ url, headers }: Target, mediaUrl: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const { body } = await request(url + mediaUrl, { headers });
  for await (const part of body) {
    bytes += (part as Uint8Array).length;
    hash.update(part as Uint8Array);
  }
  return { bytes, sha256: hash.digest("hex") };
}
