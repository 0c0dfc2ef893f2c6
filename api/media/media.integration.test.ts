import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readlink, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storageKeyOf } from "../../lib/media-files.ts";
import type { Prisma } from "../../prisma/generated/whatsapp/client.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { countStatements } from "../testing/count-statements.ts";
import { seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const MEBIBYTE = 1_048_576;
const CONTENT = Buffer.from("0123456789");
const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const ETAG = `"${sha256Of(CONTENT)}"`;

let db: TestDatabase;
let folder: string;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  folder = await mkdtemp(join(tmpdir(), "media-get-"));
  api = await startTestApi(db.url, {}, { mediaDir: folder });
  await seedTenants(api.database);
  for (const sessionId of ["s1", "s2"]) await seedSession(api.database, { sessionId });
  await seedSession(api.database, { sessionId: "theirs", tenantId: "t2" });
});
afterAll(async () => {
  await api.close();
  await db.drop();
  await rm(folder, { recursive: true, force: true });
});

async function putFile(bytes: Uint8Array, tenantId = "t1"): Promise<string> {
  const storageKey = storageKeyOf(tenantId, sha256Of(bytes));
  await mkdir(dirname(join(folder, storageKey)), { recursive: true });
  await writeFile(join(folder, storageKey), bytes);
  return storageKey;
}

type Stored = Partial<Prisma.WhatsAppMediaUncheckedCreateInput> & { readonly content?: Uint8Array; readonly message?: object };
/** A message with stored media, as the worker leaves it. */
async function store(id: string, { content = CONTENT, message = {}, ...media }: Stored = {}): Promise<string> {
  const storageKey = await putFile(content);
  await seedMessage(api.database, { id, sessionId: "s1", timestamp: new Date(1_000), messageType: "IMAGE", ...message });
  await api.database.whatsAppMedia.create({
    data: {
      messageRowId: id,
      tenantId: "t1",
      state: "STORED",
      sha256: sha256Of(content),
      mimeType: "image/png",
      size: content.length,
      storageKey,
      ...media,
    },
  });
  return storageKey;
}
const get = (id: string, headers: Record<string, string> = {}, method = "GET") => api.get(`/api/whatsapp/media/${id}`, { headers, method });

describe("GET media/:messageId", () => {
  it("serves the whole file with its headers, by both ids, on both paths", async () => {
    await store("m1");
    for (const path of ["/api/whatsapp/media/m1", "/api/whatsapp/media/WA-m1", "/api/v1/whatsapp/media/m1"]) {
      const reply = await api.get(path);
      expect([reply.status, await reply.text()]).toEqual([200, "0123456789"]);
      expect(Object.fromEntries(reply.headers)).toMatchObject({
        "content-type": "image/png",
        "content-length": "10",
        etag: ETAG,
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",
        "content-disposition": "inline; filename=\"WA-m1.png\"; filename*=UTF-8''WA-m1.png",
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "same-site",
        "x-content-type-options": "nosniff",
      });
      expect(reply.headers.has("content-range")).toBe(false);
    }
  });

  it("serves parts, and says when there is none", async () => {
    await store("ranges");
    const part = await get("ranges", { range: "bytes=2-4" });
    expect([part.status, await part.text(), part.headers.get("content-range"), part.headers.get("content-length"), part.headers.get("etag")]).toEqual(
      [206, "234", "bytes 2-4/10", "3", ETAG],
    );
    const last = await get("ranges", { range: "bytes=-2", "if-range": ETAG });
    expect([last.status, await last.text()]).toEqual([206, "89"]);
    const whole = await get("ranges", { range: "bytes=2-4", "if-range": '"other"' });
    expect([whole.status, await whole.text()]).toEqual([200, "0123456789"]);
    const none = await get("ranges", { range: "bytes=10-" });
    expect([
      none.status,
      await none.text(),
      none.headers.get("content-range"),
      none.headers.get("content-type"),
      none.headers.get("cache-control"),
    ]).toEqual([416, '{"error":"Range not satisfiable"}', "bytes */10", "application/json", "no-store"]);
  });

  it("answers 304 and HEAD without a body", async () => {
    await store("conditional");
    const same = await get("conditional", { "if-none-match": ETAG, range: "bytes=99-" });
    expect([same.status, await same.text(), same.headers.get("etag")]).toEqual([304, "", ETAG]);
    const head = await get("conditional", { range: "bytes=0-1" }, "HEAD");
    expect([head.status, await head.text(), head.headers.get("content-length"), head.headers.get("etag"), head.headers.get("content-type")]).toEqual([
      200,
      "",
      "10",
      ETAG,
      "image/png",
    ]);
    expect((await get("conditional", { "if-none-match": "*" }, "HEAD")).status).toBe(304);
    expect((await get("unknown", {}, "HEAD")).status).toBe(404);
  });

  it.each([
    ["image/svg+xml", "application/octet-stream", "attachment", "bin"],
    ["text/html", "application/octet-stream", "attachment", "bin"],
    ["application/pdf", "application/pdf", "attachment", "pdf"],
    ["text/plain; charset=utf-8", "text/plain", "attachment", "txt"],
    ["Audio/OGG; codecs=opus", "audio/ogg", "inline", "ogg"],
    ["junk", "application/octet-stream", "attachment", "bin"],
    [null, "application/octet-stream", "attachment", "bin"],
  ])("serves the stored type %s safely", async (mimeType, type, disposition, extension) => {
    const id = `type-${randomBytes(4).toString("hex")}`;
    await store(id, { mimeType });
    const reply = await get(id);
    expect(reply.headers.get("content-type")).toBe(type);
    expect(reply.headers.get("content-disposition")).toBe(`${disposition}; filename="WA-${id}.${extension}"; filename*=UTF-8''WA-${id}.${extension}`);
  });

  it("names the file as it was named, and offers it for download when asked", async () => {
    await store("named", { message: { metadata: { fileName: 'año "1".png' } } });
    const reply = await api.get("/api/whatsapp/media/named?download=1");
    expect(reply.headers.get("content-disposition")).toBe(`attachment; filename="a_o _1_.png"; filename*=UTF-8''a%C3%B1o%20%221%22.png`);
    expect((await api.get("/api/whatsapp/media/named?download=2")).headers.get("content-disposition")).toMatch(/^inline/);
  });

  it("serves a thumbnail under its own tag", async () => {
    const small = Buffer.from("small");
    await store("thumbed", { thumbnailKey: await putFile(small), mimeType: "video/mp4" });
    const reply = await api.get("/api/whatsapp/media/thumbed?variant=thumbnail");
    expect([reply.status, await reply.text(), reply.headers.get("content-type"), reply.headers.get("etag")]).toEqual([
      200,
      "small",
      "image/jpeg",
      `"${sha256Of(small)}"`,
    ]);
    expect(await (await api.get("/api/whatsapp/media/thumbed?variant=other")).text()).toBe("0123456789");
  });

  it("takes the newest message of a WhatsApp id, a row id first", async () => {
    const newer = Buffer.from("newer");
    await store("old", { message: { messageId: "TWICE" } });
    await store("new", { content: newer, message: { messageId: "TWICE", sessionId: "s2", timestamp: new Date(2_000) } });
    expect(await (await get("TWICE")).text()).toBe("newer");
    await store("TWICE", { message: { messageId: "another" } });
    expect(await (await get("TWICE")).text()).toBe("0123456789");
    expect(await countStatements(() => get("TWICE"))).toBe(1);
  });
});

describe("what cannot be served", () => {
  it("says why", async () => {
    await seedMessage(api.database, { id: "plain", sessionId: "s1", timestamp: new Date(1) });
    await store("pending", { state: "PENDING", storageKey: null, sha256: null });
    await store("failed", { state: "FAILED" });
    await store("expired", { state: "EXPIRED" });
    await store("no-thumbnail");
    await store("gone", { content: Buffer.from("gone") });
    await rm(join(folder, storageKeyOf("t1", sha256Of(Buffer.from("gone")))));
    await store("cut", { content: Buffer.from("cut off") });
    await truncate(join(folder, storageKeyOf("t1", sha256Of(Buffer.from("cut off")))), 3);
    const replies = await Promise.all(
      ["unknown", "a%20b", "x".repeat(200), "plain", "pending", "failed", "expired", "gone", "cut", "no-thumbnail?variant=thumbnail"].map(
        async (id) => {
          const reply = await get(id);
          return [id.slice(0, 14), reply.status, ((await reply.json()) as { error: string }).error, reply.headers.get("retry-after")];
        },
      ),
    );
    expect(replies).toEqual([
      ["unknown", 404, "Message not found", null],
      ["a%20b", 404, "Message not found", null],
      ["x".repeat(14), 404, "Message not found", null],
      ["plain", 404, "Media not found", null],
      ["pending", 409, "Media is not stored yet", "5"],
      ["failed", 404, "Media is no longer available", null],
      ["expired", 404, "Media is no longer available", null],
      ["gone", 404, "Media is no longer available", null],
      ["cut", 404, "Media is no longer available", null],
      ["no-thumbnail?v", 404, "Media not found", null],
    ]);
  });

  it("is never another tenant's, by any way", async () => {
    const secret = Buffer.from("secret of t2");
    const theirKey = await putFile(secret, "t2");
    await seedMessage(api.database, { id: "their-row", sessionId: "theirs", messageId: "THEIRS", timestamp: new Date(1) });
    await api.database.whatsAppMedia.create({
      data: { messageRowId: "their-row", tenantId: "t2", state: "STORED", sha256: sha256Of(secret), size: secret.length, storageKey: theirKey },
    });
    await store("stolen-key", { storageKey: theirKey, sha256: sha256Of(secret), size: secret.length });
    await store("traversal", { storageKey: `../${theirKey}` });
    await store("stolen-thumbnail", { thumbnailKey: theirKey });
    const linked = Buffer.from("linked");
    await store("linked", { content: linked });
    const path = join(folder, storageKeyOf("t1", sha256Of(linked)));
    await rm(path);
    await symlink(join(folder, theirKey), path);
    for (const id of ["their-row", "THEIRS", "stolen-key", "traversal", "stolen-thumbnail?variant=thumbnail", "linked"]) {
      const reply = await get(id);
      expect([id, reply.status]).toEqual([id, 404]);
      expect(await reply.text()).not.toContain("secret");
    }
    const token = await tokenFor({ tenantId: "t2" });
    expect(await (await api.get("/api/whatsapp/media/THEIRS", { token })).text()).toBe("secret of t2");
    expect((await api.get("/api/whatsapp/media/m1", { token })).status).toBe(404);
    expect((await api.get("/api/whatsapp/media/m1", { token: null })).status).toBe(401);
  });
});

/** Reads nothing before it is told to. */
async function openStream(id: string): Promise<IncomingMessage> {
  const token = await tokenFor({});
  return new Promise((resolve, reject) => {
    httpRequest(`${api.url}/api/whatsapp/media/${id}`, { headers: { authorization: `Bearer ${token}` } }, resolve)
      .on("error", reject)
      .end();
  });
}

describe("200 MB", () => {
  const large = Buffer.alloc(200 * MEBIBYTE, randomBytes(MEBIBYTE));

  it("flow through little memory, at the reader's pace", async () => {
    await store("large", { content: large });
    const before = process.memoryUsage().rss;
    const response = await openStream("large");
    const hash = createHash("sha256");
    let highest = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      hash.update(chunk);
      highest = Math.max(highest, process.memoryUsage().rss);
    }
    expect(hash.digest("hex")).toBe(sha256Of(large));
    expect(highest - before).toBeLessThan(100 * MEBIBYTE);
  });

  it("that are cut off while they flow break the connection off", async () => {
    const content = large.map((byte) => byte ^ 1);
    const storageKey = await store("cut-while-read", { content });
    const response = await openStream("cut-while-read");
    await truncate(join(folder, storageKey), MEBIBYTE);
    let received = 0;
    const reading = (async () => {
      for await (const chunk of response as AsyncIterable<Buffer>) received += chunk.length;
    })();
    await expect(reading).rejects.toThrow("aborted");
    expect(received).toBeLessThan(content.length);
  });

  it.skipIf(process.platform !== "linux")("let go of the file when the client goes away", async () => {
    const openFiles = async () => {
      const links = await Promise.all((await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
      return links.filter((link) => link.startsWith(folder)).length;
    };
    const response = await openStream("large");
    await expect.poll(openFiles).toBe(1);
    response.destroy();
    await expect.poll(openFiles).toBe(0);
  });
});
