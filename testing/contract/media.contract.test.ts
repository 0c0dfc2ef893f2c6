import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Headers, Reply } from "./client.ts";
import { CONTACT, SESSION, TENANT } from "./ids.ts";
import { CLAIMS } from "./requests.ts";
import { createScene, minutesAgo } from "./scene.ts";
import type { Claims } from "./tokens.ts";
import { nowS, signToken } from "./tokens.ts";
import { digest } from "./tables.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.7: stored media, whole and in parts. */

const contract = useWorld();
const { world, client } = contract;
const scene = createScene(contract);

const BYTES = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 31) % 251));
const THUMBNAIL = Buffer.from("a thumbnail");
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const HASH = sha256(BYTES);
const ETAG = `"${HASH}"`;
const keyOf = (tenantId: string, hash: string): string => `${tenantId}/${hash.slice(0, 2)}/${hash}`;

function store(key: string, bytes: Buffer): string {
  const path = join(world().mediaDir, key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return key;
}

type Media = {
  readonly id: string;
  readonly mimeType?: string | null;
  readonly fileName?: string | null;
  readonly state?: string;
  readonly storageKey?: string | null;
  readonly thumbnailKey?: string;
  readonly messageId?: string;
  readonly sessionId?: string;
  readonly tenantId?: string;
};

async function put({
  id,
  mimeType = "image/jpeg",
  fileName = null,
  state = "STORED",
  storageKey,
  thumbnailKey,
  messageId,
  sessionId = SESSION.live,
  tenantId = TENANT.alpha,
}: Media): Promise<void> {
  const isStored = state === "STORED";
  const metadata = fileName === null ? null : { fileName };
  await scene.message({
    id,
    sessionId,
    remoteJid: "15550001001@s.whatsapp.net",
    whatsappContactId: tenantId === TENANT.alpha ? CONTACT.plain : null,
    messageType: "IMAGE",
    metadata,
    mediaMimeType: mimeType,
    ...(messageId === undefined ? {} : { messageId }),
  });
  const key = storageKey === undefined ? (isStored ? store(keyOf(tenantId, HASH), BYTES) : null) : storageKey;
  const values = {
    id: `media-${id}`,
    messageRowId: id,
    tenantId,
    state,
    mimeType,
    size: BYTES.length,
    fileName,
    sha256: isStored ? HASH : null,
    storageKey: key,
  };
  await scene.row("whatsapp_media", {
    ...values,
    createdAt: minutesAgo(5),
    updatedAt: minutesAgo(5),
    ...(thumbnailKey === undefined ? {} : { thumbnailKey }),
  });
}

beforeAll(async () => {
  await put({
    id: "md-image",
    messageId: "WA-MEDIA-1",
    fileName: 'foto "ñ" 1.jpg',
    thumbnailKey: store(keyOf(TENANT.alpha, sha256(THUMBNAIL)), THUMBNAIL),
  });
  await put({ id: "md-plain" });
  for (const state of ["PENDING", "FAILED", "EXPIRED"]) await put({ id: `md-${state.toLowerCase()}`, state });
  await put({ id: "md-gone", storageKey: keyOf(TENANT.alpha, "0".repeat(64)) });
  await put({ id: "md-outside", storageKey: "../../../../etc/passwd" });
  await put({ id: "md-other-tenant", storageKey: keyOf(TENANT.beta, HASH) });
  await put({ id: "md-foreign", messageId: "WA-MEDIA-1", sessionId: SESSION.foreign, tenantId: TENANT.beta });
  await scene.message({ id: "md-none", sessionId: SESSION.live, remoteJid: "15550001001@s.whatsapp.net" });
  for (const [index, type] of [...TYPES.keys()].entries()) await put({ id: `md-type-${index}`, mimeType: type === "none" ? null : type });
});

/** Stored type → what is answered, and whether a browser shows it. */
const TYPES = new Map<string, readonly [type: string, disposition: string]>([
  ["image/png", ["image/png", "inline"]],
  ["image/gif", ["image/gif", "inline"]],
  ["image/webp", ["image/webp", "inline"]],
  ["video/mp4", ["video/mp4", "inline"]],
  ["video/quicktime", ["video/quicktime", "inline"]],
  ["audio/ogg; codecs=opus", ["audio/ogg", "inline"]],
  ["audio/aac", ["audio/aac", "inline"]],
  ["application/pdf", ["application/pdf", "attachment"]],
  ["text/plain", ["text/plain", "attachment"]],
  ["text/html", ["application/octet-stream", "attachment"]],
  ["image/svg+xml", ["application/octet-stream", "attachment"]],
  ["application/javascript", ["application/octet-stream", "attachment"]],
  ["image/x-icon", ["application/octet-stream", "attachment"]],
  ["none", ["application/octet-stream", "attachment"]],
]);

describe.each(SYSTEMS)("%s: GET media", (system) => {
  const fetchMedia = (
    id: string,
    headers: Headers = {},
    { method = "GET", as = CLAIMS.operator }: { method?: "GET" | "HEAD"; as?: Claims } = {},
  ): Promise<Reply> =>
    client(system).send({ target: `/api/whatsapp/media/${id}`, method, headers: { authorization: `Bearer ${signToken(as)}`, ...headers } });

  it("answers the whole file with its headers", async () => {
    const reply = await fetchMedia("md-image");
    expect([reply.status, reply.bytes.equals(BYTES)]).toEqual([200, true]);
    expect(reply.headers).toMatchObject({
      etag: ETAG,
      "content-type": "image/jpeg",
      "content-length": String(BYTES.length),
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
      "cross-origin-resource-policy": "same-site",
      "content-disposition": `inline; filename="foto ___ 1.jpg"; filename*=UTF-8''foto%20%22%C3%B1%22%201.jpg`,
    });
    expect(reply.headers["content-range"]).toBeUndefined();
  });

  it("finds a message by its WhatsApp id, in the caller's tenant", async () => {
    expect((await fetchMedia("WA-MEDIA-1")).headers["content-disposition"]).toContain("foto");
    const foreign = await fetchMedia("WA-MEDIA-1", {}, { as: CLAIMS.foreign });
    expect([foreign.status, foreign.headers["content-disposition"]]).toEqual([
      200,
      `inline; filename="WA-MEDIA-1.jpg"; filename*=UTF-8''WA-MEDIA-1.jpg`,
    ]);
  });

  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=0-99", 0, 100],
    ["bytes=99990-", 99_990, 100_000],
    ["bytes=99999-200000", 99_999, 100_000],
    ["bytes=-10", 99_990, 100_000],
    ["bytes=-200000", 0, 100_000],
    ["bytes=0-", 0, 100_000],
  ])("answers the range %s", async (range, start, end) => {
    const reply = await fetchMedia("md-image", { range });
    expect(reply.status).toBe(206);
    expect(reply.bytes.equals(BYTES.subarray(start, end))).toBe(true);
    expect(reply.headers).toMatchObject({
      "content-range": `bytes ${start}-${end - 1}/${BYTES.length}`,
      "content-length": String(end - start),
      etag: ETAG,
    });
  });

  it.each(["bytes=0-1,5-6", "items=0-1", "bytes=5-1", "bytes=a-b", "bytes=-", "bytes=1.5-2", "bytes", "0-5"])(
    "answers the whole file to %s",
    async (range) => {
      const reply = await fetchMedia("md-image", { range });
      expect([reply.status, reply.bytes.length, reply.headers["content-range"]]).toEqual([200, BYTES.length, undefined]);
    },
  );

  it.each(["bytes=100000-", "bytes=100000-100001", "bytes=-0"])("answers 416 to %s", async (range) => {
    const reply = await fetchMedia("md-image", { range });
    expect([reply.status, reply.json, reply.headers["content-range"]]).toEqual([416, { error: "Range not satisfiable" }, `bytes */${BYTES.length}`]);
  });

  it("answers 304 to its own ETag, before a range", async () => {
    for (const tag of [ETAG, `"other", ${ETAG}`, "*"]) {
      for (const more of [{}, { range: "bytes=0-1" }, { range: "bytes=900000-" }] as Headers[]) {
        const reply = await fetchMedia("md-image", { "if-none-match": tag, ...more });
        expect([tag, reply.status, reply.text, reply.headers["etag"]]).toEqual([tag, 304, "", ETAG]);
      }
    }
    expect((await fetchMedia("md-image", { "if-none-match": '"other"' })).status).toBe(200);
  });

  it("answers a range only to an If-Range that is exactly the ETag", async () => {
    const status = async (tag: string): Promise<number> => (await fetchMedia("md-image", { range: "bytes=0-9", "if-range": tag })).status;
    expect(await status(ETAG)).toBe(206);
    for (const other of ['"other"', `W/${ETAG}`, HASH, new Date().toUTCString()]) expect([other, await status(other)]).toEqual([other, 200]);
  });

  it("answers HEAD as GET without a body, and without the range", async () => {
    for (const headers of [{}, { range: "bytes=0-9" }] as Headers[]) {
      const [head, whole] = [await fetchMedia("md-image", headers, { method: "HEAD" }), await fetchMedia("md-image")];
      expect([head.status, head.text, head.headers["content-length"]]).toEqual([200, "", String(BYTES.length)]);
      for (const name of ["etag", "content-type", "content-disposition", "accept-ranges"]) expect(head.headers[name]).toBe(whole.headers[name]);
    }
    expect((await fetchMedia("md-none", {}, { method: "HEAD" })).status).toBe(404);
  });

  it.each([...TYPES.entries()].map(([stored, [type, disposition]], index) => [stored, type, disposition, `md-type-${index}`]))(
    "answers a stored %s as %s, %s",
    async (_, type, disposition, id) => {
      const { headers } = await fetchMedia(id);
      expect([headers["content-type"], headers["content-disposition"]?.split(";")[0]]).toEqual([type, disposition]);
    },
  );

  it("is an attachment when it is to be downloaded", async () => {
    expect((await fetchMedia("md-plain?download=1")).headers["content-disposition"]).toMatch(/^attachment; filename="WA-md-plain\.jpg"/);
    expect((await fetchMedia("md-plain?download=0")).headers["content-disposition"]).toMatch(/^inline/);
  });

  it("answers the thumbnail as a JPEG with an ETag of its own", async () => {
    const reply = await fetchMedia("md-image?variant=thumbnail");
    expect([reply.status, reply.bytes.equals(THUMBNAIL), reply.headers["content-type"]]).toEqual([200, true, "image/jpeg"]);
    expect(reply.headers["etag"]).toBe(`"${sha256(THUMBNAIL)}"`);
    expect(await fetchMedia("md-plain?variant=thumbnail")).toFailWith(404, "Media not found");
    expect((await fetchMedia("md-image?variant=other")).headers["etag"]).toBe(ETAG);
  });

  it.each([
    ["nobody", "Message not found"],
    ["md-foreign", "Message not found"],
    ["m40foreign", "Message not found"],
    ["a%00b", "Message not found"],
    ["x".repeat(129), "Message not found"],
    ["..%2f..%2fetc%2fpasswd", "Message not found"],
    ["md-none", "Media not found"],
    ["md-failed", "Media is no longer available"],
    ["md-expired", "Media is no longer available"],
    ["md-gone", "Media is no longer available"],
    ["md-outside", "Media is no longer available"],
  ])("answers 404 to %s", async (id, error) => {
    expect(await fetchMedia(id)).toFailWith(404, error);
  });

  it("answers 409 while it is not stored", async () => {
    const reply = await fetchMedia("md-pending");
    expect(reply).toFailWith(409, "Media is not stored yet");
    expect(reply.headers["retry-after"]).toBe("5");
  });

  it("asks for a token, and a tenant, like every read", async () => {
    expect(await client(system).send({ target: "/api/whatsapp/media/md-image" })).toBeUnauthorized();
    expect(await fetchMedia("md-image", {}, { as: { ...CLAIMS.operator, exp: nowS() - 1 } })).toBeUnauthorized();
    expect(await client(system).send({ target: `/api/whatsapp/media/md-image?token=${signToken(CLAIMS.operator)}` })).toBeUnauthorized();
    expect(await fetchMedia("md-image", {}, { as: { sub: "u", role: "user" } })).toFailWith(400, "User not associated with tenant");
    const cookie = { cookie: `next-auth.session-token=${signToken(CLAIMS.operator)}` };
    expect((await client(system).send({ target: "/api/whatsapp/media/md-image", headers: cookie })).status).toBe(200);
    for (const method of ["POST", "PUT", "DELETE"] as const)
      expect((await client(system).send({ target: "/api/whatsapp/media/md-image", method })).status).toBe(405);
  });

  it("changes nothing", async () => {
    const before = await digest(world().database);
    for (const id of ["md-image", "md-pending", "md-gone", "nobody"]) await fetchMedia(id);
    expect(await digest(world().database)).toBe(before);
  });
});
