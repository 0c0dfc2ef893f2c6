import { createHash, randomBytes } from "node:crypto";
import { get as httpGet } from "node:http";
import { mkdir, truncate, unlink, writeFile } from "node:fs/promises";
import { readdirSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { waitUntil } from "../lib/processes.ts";
import { bearer, OTHER_TENANT, SESSION, TENANT, tokenOf, useApp } from "../testing/legacy-app.ts";

const app = useApp();
const content = randomBytes(1_000_003);
const thumbnail = randomBytes(1_000);
const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const keyOf = (bytes: Buffer): string => `${TENANT}/${hashOf(bytes).slice(0, 2)}/${hashOf(bytes)}`;
const TAG = `"${hashOf(content)}"`;

type Options = { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly search?: string; readonly token?: string };

const ask = (id: string, { method = "GET", headers = {}, search = "", token = tokenOf() }: Options = {}): Promise<Response> =>
  fetch(`${app().baseUrl}/api/whatsapp/media/${id}${search}`, { method, headers: { ...bearer(token), ...headers }, redirect: "manual" });

const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

type MediaRow = {
  readonly state?: string;
  readonly key?: string | null;
  readonly thumbnailKey?: string | null;
  readonly mimeType?: string;
  readonly fileName?: string;
};

async function insertMessage(id: string, media?: MediaRow): Promise<void> {
  const { database } = app();
  const metadata = media?.fileName === undefined ? null : JSON.stringify({ fileName: media.fileName });
  await database.query(
    `insert into whatsapp_messages (id, "sessionId", "messageId", "remoteJid", timestamp, metadata, "updatedAt") values ($1, $2, $3, '15550100001@s.whatsapp.net', now(), $4, now())`,
    [id, SESSION, `WA-${id}`, metadata],
  );
  if (media === undefined) return;
  const { state = "STORED", key = keyOf(content), thumbnailKey = null, mimeType = "image/png" } = media;
  await database.query(
    `insert into whatsapp_media (id, "messageRowId", "tenantId", state, "storageKey", "thumbnailKey", "mimeType", "updatedAt") values ($1, $2, $3, $4::"WhatsAppMediaState", $5, $6, $7, now())`,
    [`m-${id}`, id, TENANT, state, key, thumbnailKey, mimeType],
  );
}

async function storeFile(key: string, bytes: Buffer): Promise<string> {
  const path = join(app().mediaDir, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

beforeAll(async () => {
  await storeFile(keyOf(content), content);
  await storeFile(keyOf(thumbnail), thumbnail);
  await insertMessage("picture", { thumbnailKey: keyOf(thumbnail), fileName: "año.png" });
  await insertMessage("page", { mimeType: "text/html" });
  await insertMessage("pending", { state: "PENDING", key: null });
  await insertMessage("failed", { state: "FAILED", key: null });
  await insertMessage("expired", { state: "EXPIRED", key: null });
  await insertMessage("gone", { key: keyOf(Buffer.from("never stored")) });
  await insertMessage("foreign-key", { key: keyOf(content).replace(TENANT, OTHER_TENANT) });
  await insertMessage("escape", { key: "../../../../etc/passwd" });
  await insertMessage("text");
});

test("a file comes whole, with everything a browser must know", async () => {
  const response = await ask("picture");
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    etag: TAG,
    "content-type": "image/png",
    "content-length": "1000003",
    "content-disposition": `inline; filename="a_o.png"; filename*=UTF-8''a%C3%B1o.png`,
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-site",
  });
  expect(response.headers.get("transfer-encoding")).toBeNull();
  expect((await bytesOf(response)).equals(content)).toBe(true);
});

test("HEAD says the same and ignores a range", async () => {
  const [head, get] = [await ask("picture", { method: "HEAD", headers: { range: "bytes=0-1" } }), await ask("picture")];
  await get.arrayBuffer();
  const ignored = new Set(["date", "x-request-id", "connection", "keep-alive"]);
  const told = (response: Response) => [...response.headers].filter(([name]) => !ignored.has(name));
  expect(head.status).toBe(200);
  expect(told(head)).toEqual(told(get));
  expect((await bytesOf(head)).length).toBe(0);
});

test.each([
  ["bytes=0-0", 0, 0],
  ["bytes=1000000-", 1_000_000, 1_000_002],
  ["bytes=-5", 999_998, 1_000_002],
  ["bytes=10-700000", 10, 700_000],
])("%s is answered with just these bytes", async (range, start, end) => {
  const response = await ask("picture", { headers: { range } });
  expect(response.status).toBe(206);
  expect(response.headers.get("content-range")).toBe(`bytes ${start}-${end}/1000003`);
  expect(response.headers.get("content-length")).toBe(String(end - start + 1));
  expect((await bytesOf(response)).equals(content.subarray(start, end + 1))).toBe(true);
});

test("a range past the end is 416", async () => {
  const response = await ask("picture", { headers: { range: "bytes=1000003-" } });
  expect(response.status).toBe(416);
  expect(response.headers.get("content-range")).toBe("bytes */1000003");
  expect(await response.json()).toEqual({ error: "Range not satisfiable" });
});

test("who has it already is told so, before any range", async () => {
  for (const tag of [TAG, `W/${TAG}`, "*", `"x", ${TAG}`]) {
    const response = await ask("picture", { headers: { "if-none-match": tag, range: "bytes=0-1" } });
    expect(response.status).toBe(304);
    expect(response.headers.get("etag")).toBe(TAG);
    expect((await bytesOf(response)).length).toBe(0);
  }
});

test("a range of another version is the whole", async () => {
  const statusOf = async (ifRange: string): Promise<number> => {
    const response = await ask("picture", { headers: { range: "bytes=0-1", "if-range": ifRange } });
    await response.arrayBuffer();
    return response.status;
  };
  expect(await statusOf(TAG)).toBe(206);
  expect(await statusOf('"other"')).toBe(200);
  expect(await statusOf(`W/${TAG}`)).toBe(200);
});

test("a page of somebody else's is handed over as bytes to save", async () => {
  const response = await ask("page");
  await response.arrayBuffer();
  expect(response.headers.get("content-type")).toBe("application/octet-stream");
  expect(response.headers.get("content-disposition")).toBe(`attachment; filename="WA-page.bin"; filename*=UTF-8''WA-page.bin`);
  const asked = await ask("picture", { search: "?download=1" });
  await asked.arrayBuffer();
  expect(asked.headers.get("content-disposition")).toMatch(/^attachment;/);
});

test("a thumbnail is a picture of its own", async () => {
  const response = await ask("picture", { search: "?variant=thumbnail" });
  expect(response.headers.get("etag")).toBe(`"${hashOf(thumbnail)}"`);
  expect(response.headers.get("content-type")).toBe("image/jpeg");
  expect((await bytesOf(response)).equals(thumbnail)).toBe(true);
});

test("WhatsApp's id finds the message too", async () => {
  const response = await ask("WA-picture", { method: "HEAD" });
  expect(response.status).toBe(200);
});

test.each([
  ["nobody", "", 404, "Message not found"],
  ["a%20b", "", 404, "Message not found"],
  ["..%2f..%2fetc", "", 404, "Message not found"],
  ["text", "", 404, "Media not found"],
  ["page", "?variant=thumbnail", 404, "Media not found"],
  ["pending", "", 409, "Media is not stored yet"],
  ["failed", "", 404, "Media is no longer available"],
  ["expired", "", 404, "Media is no longer available"],
  ["gone", "", 404, "Media is no longer available"],
  ["foreign-key", "", 404, "Media is no longer available"],
  ["escape", "", 404, "Media is no longer available"],
])("%s%s is answered %i", async (id, search, status, error) => {
  const response = await ask(id, { search });
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error });
  expect(response.headers.get("retry-after")).toBe(status === 409 ? "5" : null);
});

test("another tenant's message is unknown, and so is everything without a token", async () => {
  expect((await ask("picture", { token: tokenOf(OTHER_TENANT) })).status).toBe(404);
  expect((await ask("picture", { token: "nonsense" })).status).toBe(401);
  expect((await ask("picture", { method: "DELETE" })).status).toBe(405);
});

test("a file that becomes shorter on the way breaks the connection off", async () => {
  const big = Buffer.alloc(64 * 1_048_576, 7);
  const path = await storeFile(keyOf(big), big);
  await insertMessage("shrinking", { key: keyOf(big) });
  const outcome = await new Promise<{ ended: boolean; bytes: number }>((resolve, reject) => {
    const request = httpGet(`${app().baseUrl}/api/whatsapp/media/shrinking`, { headers: bearer() }, (response) => {
      let bytes = 0;
      response.once("data", () => {
        response.pause();
        truncate(path, 1_048_576).then(() => response.resume(), reject);
      });
      response.on("data", (chunk: Buffer) => (bytes += chunk.length));
      response.on("close", () => resolve({ ended: response.complete, bytes }));
      response.on("error", () => undefined);
    });
    request.on("error", reject);
  });
  expect(outcome.ended).toBe(false);
  expect(outcome.bytes).toBeLessThan(big.length);
  await unlink(path);
});

test.runIf(process.platform === "linux")("a big file passes through without being held, and a client that leaves frees it", async () => {
  const big = Buffer.alloc(200 * 1_048_576, 3);
  const path = await storeFile(keyOf(big), big);
  await insertMessage("big", { key: keyOf(big) });
  const holders = (): number => processesHolding(path);
  const request = httpGet(`${app().baseUrl}/api/whatsapp/media/big`, { headers: bearer() });
  const first = await new Promise<Buffer>((resolve) =>
    request.once("response", (response) =>
      response.once("data", (chunk: Buffer) => {
        response.pause();
        resolve(chunk);
      }),
    ),
  );
  expect(first.length).toBeGreaterThan(0);
  expect(holders()).toBe(1);
  request.destroy();
  expect(await waitUntil(() => holders() === 0, 5_000)).toBe(true);

  const hash = createHash("sha256");
  const response = await ask("big");
  let bytes = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  expect(bytes).toBe(big.length);
  expect(hash.digest("hex")).toBe(hashOf(big));
});

/** Open descriptors of any process that point at the file. */
function processesHolding(path: string): number {
  const descriptors = readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => linksOf(`/proc/${pid}/fd`));
  return descriptors.filter((target) => target === path).length;
}

function linksOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).flatMap((each) => {
      try {
        return [readlinkSync(`${folder}/${each}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
