import { expect, test } from "vitest";
import { MultipartError, readParts } from "./multipart.ts";

const BOUNDARY = "xyz";
const part = (headers: string, content: string): string => `--xyz\r\n${headers}\r\n\r\n${content}\r\n`;
const field = (name: string, content: string): string => part(`Content-Disposition: form-data; name="${name}"`, content);

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield new Uint8Array(bytes.subarray(at, at + size));
}

type Read = { name: string | undefined; fileName: string | undefined; type: string | undefined; content: string };

async function read(body: string | Buffer, chunkBytes = 7): Promise<Read[]> {
  const parts: Read[] = [];
  for await (const { content, ...headers } of readParts(chunksOf(Buffer.from(body), chunkBytes), BOUNDARY)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(Buffer.from(chunk));
    parts.push({ ...headers, content: Buffer.concat(chunks).toString("latin1") });
  }
  return parts;
}

const TRICKY = "\r\n--xy\r\n-\r\n--\r\r\n--xyy--xyz\r\n";

test.each([1, 2, 3, 5, 8, 64, 100_000])("parts come out whole when they arrive %i bytes at a time", async (chunkBytes) => {
  const file = part('Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/PNG', TRICKY);
  const parts = await read(`preamble\r\n${field("a", "1")}${file}${field("empty", "")}--xyz--\r\nepilogue`, chunkBytes);
  expect(parts).toEqual([
    { name: "a", fileName: undefined, type: undefined, content: "1" },
    { name: "file", fileName: "a.png", type: "image/png", content: TRICKY },
    { name: "empty", fileName: undefined, type: undefined, content: "" },
  ]);
});

test("a part that nobody reads is passed over", async () => {
  const names: (string | undefined)[] = [];
  for await (const { name } of readParts(chunksOf(Buffer.from(`${field("a", "1\r\n2")}${field("b", "3")}--xyz--`), 4), BOUNDARY)) names.push(name);
  expect(names).toEqual(["a", "b"]);
});

test("a form without parts has none", async () => {
  expect(await read("--xyz--")).toEqual([]);
});

test.each([
  ["nothing at all", ""],
  ["no delimiter", "hello"],
  ["no closing delimiter", field("a", "1")],
  ["an end within a part", '--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'],
  ["an end within headers", "--xyz\r\nContent-Disposition: form"],
  ["headers without an end", `--xyz\r\n${"x: y\r\n".repeat(5_000)}`],
  ["text after a delimiter", "--xyz nonsense\r\n\r\n1\r\n--xyz--"],
])("%s is malformed", async (_name, body) => {
  await expect(read(body)).rejects.toThrow(MultipartError);
});

test("a broken connection is told as it is", async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(field("a", "1"));
    await Promise.reject(new Error("aborted"));
  }
  const parts = readParts(broken(), BOUNDARY);
  await parts.next();
  await expect(parts.next()).rejects.toThrow("aborted");
});

test("no more is taken from the sender than the reader asked for", async () => {
  let sent = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('--xyz\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n');
    for (;;) {
      sent += 1;
      yield Buffer.alloc(65_536);
    }
  }
  const first = await readParts(endless(), BOUNDARY).next();
  if (first.done === true) throw new Error("expected a part");
  await first.value.content[Symbol.asyncIterator]().next();
  expect(sent).toBeLessThanOrEqual(2);
});

test("a part may have no headers at all", async () => {
  expect(await read("--xyz\r\n\r\n1\r\n--xyz--")).toEqual([{ name: undefined, fileName: undefined, type: undefined, content: "1" }]);
});

test("who stops reading lets go of the sender", async () => {
  let isClosed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from(field("a", "1"));
      yield Buffer.from(field("b", "1"));
    } finally {
      isClosed = true;
    }
  }
  for await (const _ of readParts(source(), BOUNDARY)) break;
  expect(isClosed).toBe(true);
});
