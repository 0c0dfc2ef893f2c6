import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDiskMediaFiles, type MediaFiles } from "../../lib/media-files.ts";
import { receiveUpload } from "./media-upload.ts";

const BOUNDARY = "----boundary";
const MEBIBYTE = 1_048_576;

let folder: string;
let media: MediaFiles;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "media-upload-"));
  media = createDiskMediaFiles(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const leftFiles = async () => (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
const field = (name: string, value: string | Uint8Array) => part(`form-data; name="${name}"`, undefined, value);
const file = (content: string | Uint8Array, type?: string, fileName = "a.bin") =>
  part(`form-data; name="file"; filename="${fileName}"`, type, content);
function part(disposition: string, type: string | undefined, content: string | Uint8Array): Buffer {
  const head = `--${BOUNDARY}\r\nContent-Disposition: ${disposition}\r\n${type === undefined ? "" : `Content-Type: ${type}\r\n`}\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from("\r\n")]);
}
const form = (...parts: Uint8Array[]) => Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
const receive = (body: Uint8Array, maxFileBytes = MEBIBYTE, chunkSize = 7) =>
  receiveUpload(inChunks(body, chunkSize), BOUNDARY, media, { maxFileBytes });
function inChunks(body: Uint8Array, size: number): Readable {
  return Readable.from(
    (function* chunks() {
      for (let at = 0; at < body.length; at += size) yield Buffer.from(body.subarray(at, at + size));
    })(),
  );
}

describe("receiveUpload", () => {
  it("takes parts in any order", async () => {
    const upload = await receive(form(field("toJid", "15550100001"), file("hello", "Image/PNG; q=1", "ñ.png"), field("sessionId", "s1")));
    expect(upload.fields).toEqual({ toJid: "15550100001", sessionId: "s1" });
    expect(upload.files).toMatchObject([
      { fileName: "ñ.png", mimeType: "image/png", size: 5, sha256: createHash("sha256").update("hello").digest("hex") },
    ]);
    await upload.discard();
    expect(await leftFiles()).toBe(0);
  });

  it("keeps every byte, however they are cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), fc.integer({ min: 1, max: 100 }), async (content, chunkSize) => {
        const tricky = Buffer.concat([content, Buffer.from(`\r\n--${BOUNDARY.slice(0, -1)}\r\n--`), content]);
        const upload = await receive(form(field("a", "b"), file(tricky), field("c", "d")), MEBIBYTE, chunkSize);
        expect(upload.files[0]?.sha256).toBe(createHash("sha256").update(tricky).digest("hex"));
        expect(upload.fields).toEqual({ a: "b", c: "d" });
        await upload.discard();
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    [undefined, "application/octet-stream"],
    ["junk", "application/octet-stream"],
    ["text/plain", "text/plain"],
    ["audio/ogg; codecs=opus", "audio/ogg"],
  ])("takes the type %j for %s", async (type, mimeType) => {
    const upload = await receive(form(file("x", type)));
    expect(upload.files[0]?.mimeType).toBe(mimeType);
    await upload.discard();
  });

  it("names a file without a name, takes an empty one, and counts several", async () => {
    const upload = await receive(form(file("", undefined, ""), file("x")));
    expect(upload.files.map(({ fileName, size }) => [fileName, size]).toSorted(([one], [other]) => String(other).localeCompare(String(one)))).toEqual(
      [
        ["file", 0],
        ["a.bin", 1],
      ],
    );
    await upload.discard();
    expect(await leftFiles()).toBe(0);
  });

  it("takes the first of repeated fields, and bytes that are no UTF-8 for no text", async () => {
    const upload = await receive(form(field("a", "1"), field("a", "2"), field("b", Uint8Array.of(0xff)), field("__proto__", "x")));
    expect(upload.fields["a"]).toBe("1");
    expect(typeof upload.fields["b"]).toBe("symbol");
    expect(Object.getPrototypeOf(upload.fields)).toBe(Object.prototype);
  });

  it.each([
    ["a file over the limit", form(file("x".repeat(11)))],
    ["other parts over the limit", form(file("x"), field("a", "x".repeat(600_000)), field("b", "x".repeat(600_000)))],
  ])("refuses %s while reading, and leaves nothing", async (_name, body) => {
    await expect(receive(body, 10, 65_536)).rejects.toMatchObject({ code: "MEDIA_TOO_LARGE" });
    expect(await leftFiles()).toBe(0);
  });

  it.each([
    ["nothing", Buffer.from("")],
    ["something else", Buffer.from('{"a":1}')],
    ["no last boundary", file("x")],
    ["a cut file", form(field("a", "b"), file("x".repeat(1_000))).subarray(0, 700)],
    ["a cut header", form(file("x")).subarray(0, 30)],
    ["no part", Buffer.from(`--${BOUNDARY}--\r\n`)],
    ["too many parts", form(...Array.from({ length: 101 }, (_, index) => field(`f${index}`, "x")))],
  ])("refuses %s, and leaves nothing", async (_name, body) => {
    await expect(receive(body)).rejects.toMatchObject({ code: "MULTIPART_MALFORMED" });
    expect(await leftFiles()).toBe(0);
  });

  it("leaves nothing when the client goes away in the middle of a file", async () => {
    const source = new PassThrough();
    const receiving = receiveUpload(source, BOUNDARY, media, { maxFileBytes: MEBIBYTE });
    source.write(file(randomBytes(200_000)).subarray(0, 100_000));
    source.destroy();
    await expect(receiving).rejects.toMatchObject({ code: "MULTIPART_MALFORMED" });
    expect(await leftFiles()).toBe(0);
  });
});
