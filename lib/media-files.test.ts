import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDiskMediaFiles, parseStorageKey, storageKeyOf, type MediaFiles } from "./media-files.ts";

const MEBIBYTE = 1_048_576;
const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let folder: string;
let files: MediaFiles;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "media-files-"));
  files = createDiskMediaFiles(join(folder, "media"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const everyFile = async () => (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

describe("receive", () => {
  it("hashes on the way, and publishes under the hash in one step", async () => {
    const content = randomBytes(300_000);
    const received = await files.receive(Readable.from([content.subarray(0, 100), content.subarray(100)]), MEBIBYTE);
    expect(received).toMatchObject({ sha256: sha256Of(content), size: 300_000 });
    const key = await received.publish("t1");
    expect(key).toBe(`t1/${received.sha256.slice(0, 2)}/${received.sha256}`);
    expect(await received.publish("t1")).toBe(key);
    expect(await readFile(join(folder, "media", key))).toEqual(content);
    await received.discard();
    expect(await everyFile()).toHaveLength(1);
  });

  it("lets equal content share one file", async () => {
    const publish = async () => (await files.receive(Readable.from([Buffer.from("same")]), 10)).publish("t1");
    expect(new Set(await Promise.all(Array.from({ length: 10 }, publish))).size).toBe(1);
    expect(await everyFile()).toHaveLength(1);
  });

  it("leaves nothing of a discarded file", async () => {
    const received = await files.receive(Readable.from([Buffer.from("x")]), 10);
    await received.discard();
    expect(await everyFile()).toEqual([]);
  });

  it("stops at the limit while reading, and leaves nothing", async () => {
    let given = 0;
    const endless = Readable.from(
      (function* chunks() {
        for (;;) {
          given += MEBIBYTE;
          yield Buffer.alloc(MEBIBYTE);
        }
      })(),
    );
    await expect(files.receive(endless, 4 * MEBIBYTE)).rejects.toMatchObject({ code: "MEDIA_TOO_LARGE" });
    expect(given).toBeLessThan(40 * MEBIBYTE);
    expect(endless.destroyed).toBe(true);
    expect(await everyFile()).toEqual([]);
  });

  it("takes exactly the limit", async () => {
    expect(await files.receive(Readable.from([Buffer.alloc(10)]), 10)).toMatchObject({ size: 10 });
  });

  it("leaves nothing of a source that breaks", async () => {
    const source = new PassThrough();
    const receiving = files.receive(source, 100);
    source.write("half");
    source.destroy(new Error("the client went away"));
    await expect(receiving).rejects.toThrow("the client went away");
    expect(await everyFile()).toEqual([]);
  });

  it("never gets far ahead of the disk: 200 MB flow through little memory", async () => {
    const chunk = randomBytes(MEBIBYTE);
    let produced = 0;
    let highest = 0;
    const source = Readable.from(
      (function* chunks() {
        for (; produced < 200; produced += 1) {
          highest = Math.max(highest, process.memoryUsage().rss);
          yield chunk;
        }
      })(),
      { highWaterMark: 1 },
    );
    const before = process.memoryUsage().rss;
    expect(await files.receive(source, 300 * MEBIBYTE)).toMatchObject({ size: 200 * MEBIBYTE });
    expect(highest - before).toBeLessThan(64 * MEBIBYTE);
  });
});

describe("open", () => {
  it("gives size and content of a published file", async () => {
    const key = await (await files.receive(Readable.from([Buffer.from("hello")]), 10)).publish("t1");
    const opened = await files.open(key);
    expect(opened?.size).toBe(5);
    expect(await opened?.handle.readFile("utf8")).toBe("hello");
    await opened?.handle.close();
  });

  it.each(["../secret", "t1/../../secret", `t1/aa/${"a".repeat(64)}/x`, "/etc/passwd", `../aa/${"a".repeat(64)}`, `t1/bb/${"a".repeat(64)}`, ""])(
    "of %j is nothing",
    async (key) => {
      await writeFile(join(folder, "secret"), "secret");
      expect(await files.open(key)).toBeUndefined();
    },
  );

  it("does not follow a link", async () => {
    const key = storageKeyOf("t1", "a".repeat(64));
    await mkdir(join(folder, "media", "t1", "aa"), { recursive: true });
    await writeFile(join(folder, "secret"), "secret");
    await symlink(join(folder, "secret"), join(folder, "media", key));
    expect(await files.open(key)).toBeUndefined();
  });

  it("of a removed file is nothing", async () => {
    const key = await (await files.receive(Readable.from([Buffer.from("x")]), 10)).publish("t1");
    await files.remove(key);
    await files.remove(key);
    expect(await files.open(key)).toBeUndefined();
  });
});

describe("storage keys", () => {
  it.each(["", ".", "..", "a/b", "../t1", "a\0b", "ä"])("have no tenant %j", (tenantId) => {
    expect(() => storageKeyOf(tenantId, "a".repeat(64))).toThrow("media key");
  });

  it("read back what they were made of", () => {
    expect(parseStorageKey(storageKeyOf("cm1-x", "0f".repeat(32)))).toEqual({ tenantId: "cm1-x", sha256: "0f".repeat(32) });
    expect(parseStorageKey(`t1/aa/${"A".repeat(64)}`)).toBeUndefined();
  });
});

it("sweeps what crashed uploads left, and nothing younger", async () => {
  await files.sweep(1_000, Date.now());
  const source = new PassThrough();
  const receiving = files.receive(source, 100);
  source.write("half");
  await mkdir(join(folder, "media", ".incoming"), { recursive: true });
  const left = join(folder, "media", ".incoming", "left");
  await writeFile(left, "x");
  await utimes(left, new Date(1_000), new Date(1_000));
  await files.sweep(3_600_000, Date.now());
  source.end("whole");
  await once(source, "end");
  expect(await receiving).toMatchObject({ size: 9 });
  expect(await everyFile()).toHaveLength(1);
});
