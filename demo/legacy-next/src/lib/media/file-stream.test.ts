import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { readdirSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileSize, streamFile } from "./file-stream.ts";

const SIZE = 1_000_000;
const content = randomBytes(SIZE);
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "legacy-media-"));
  path = join(folder, "file");
  await writeFile(path, content);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Descriptors of this process that point at the file. */
function openDescriptors(): number {
  return readdirSync("/proc/self/fd").filter((each) => {
    try {
      return readlinkSync(`/proc/self/fd/${each}`) === path;
    } catch {
      return false;
    }
  }).length;
}

test.each([
  [0, SIZE - 1],
  [0, 0],
  [262_143, 262_144],
  [999_999, 999_999],
])("bytes %i to %i come out as they are", async (start, end) => {
  expect((await readAll(streamFile(path, { start, end }))).equals(content.subarray(start, end + 1))).toBe(true);
});

test("a file that became shorter is an error, not a short answer", async () => {
  const short = join(folder, "short");
  await writeFile(short, content);
  const stream = streamFile(short, { start: 0, end: SIZE - 1 });
  const reader = stream.getReader();
  await reader.read();
  await truncate(short, 300_000);
  const rest = async (): Promise<void> => {
    for (;;) if ((await reader.read()).done) return;
  };
  await expect(rest()).rejects.toThrow("shorter");
});

test.runIf(process.platform === "linux")("who stops reading leaves nothing open, nor does who never starts", async () => {
  const unread = streamFile(path, { start: 0, end: SIZE - 1 });
  const reader = streamFile(path, { start: 0, end: SIZE - 1 }).getReader();
  await reader.read();
  expect(openDescriptors()).toBe(1);
  await reader.cancel();
  expect(openDescriptors()).toBe(0);
  await unread.cancel();
});

test("only regular files have a size", async () => {
  expect(await fileSize(path)).toBe(SIZE);
  expect(await fileSize(folder)).toBeUndefined();
  expect(await fileSize(join(folder, "missing"))).toBeUndefined();
  expect(await fileSize(join(path, "below-a-file"))).toBeUndefined();
});
