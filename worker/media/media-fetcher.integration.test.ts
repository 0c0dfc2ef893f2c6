import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IncomingMessage, ServerResponse } from "node:http";
import { encryptedStream, type WAMessage } from "@whiskeysockets/baileys";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeCertificate } from "../../demo/whatsapp/media-certificate.ts";
import { createLogger } from "../../lib/log.ts";
import { createDiskMediaFiles } from "../../lib/media-files.ts";
import type { Delivery, IngestCall } from "../ingest/delivery.ts";
import { createMediaFetch, type MediaFetch } from "./fetch-media.ts";
import { createMediaFetcher, type MediaFetcherOptions } from "./media-fetcher.ts";
import { parseMediaHosts } from "./media-hosts.ts";
import type { ConnectedSession, MediaPort, MediaRequest } from "./media-port.ts";
import { toMediaMessage, type RemoteMedia } from "./remote-media.ts";

const WAIT = { timeout: 10_000, interval: 10 };
const FILE = Buffer.from("a picture, as far as this test is concerned. ".repeat(5_000));
const SHA256 = createHash("sha256").update(FILE).digest("hex");
const MAX_BYTES = 1_000_000;
const log = createLogger({ program: "test", level: "silent" });
const certificate = makeCertificate(new Date());

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let host: Server;
let answers: Record<string, Answer>;
let asked: string[];
let submitted: IngestCall[];
let fetch: MediaFetch;
let port: MediaPort;
let remote: RemoteMedia;
let encrypted: Buffer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "media-"));
  [answers, asked, submitted] = [{}, [], []];
  host = createServer({ key: certificate.key, cert: certificate.certificate }, (request, response) => {
    asked.push(request.url ?? "");
    const answer = answers[request.url ?? ""];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  ({ remote, encrypted } = await hosted(FILE));
  answers["/v/a"] = (_request, response) => response.end(encrypted);
  fetch = createMediaFetch({ hosts: parseMediaHosts(`localhost:${(host.address() as AddressInfo).port}`), ca: certificate.certificate });
  port = start();
});

afterEach(async () => {
  await port.close();
  await fetch.close();
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function start(over: Partial<MediaFetcherOptions> = {}): MediaPort {
  const submit = async (call: IngestCall): Promise<void> => void submitted.push(call);
  const database = { query: async () => [] };
  const files = createDiskMediaFiles(join(folder, "media"));
  return createMediaFetcher({ fetch, files, maxBytes: MAX_BYTES, delivery: { submit } as Delivery, database, log, random: () => 0, ...over });
}

/** A file as WhatsApp hosts it, made by the client library. */
async function hosted(file: Buffer): Promise<{ remote: RemoteMedia; encrypted: Buffer }> {
  const made = await encryptedStream(file, "image");
  const bytes = readFileSync(made.encFilePath);
  rmSync(made.encFilePath);
  const key = { remoteJid: "15550002000@s.whatsapp.net", id: "M1", fromMe: false, participant: null };
  const facts = { mediaKey: Buffer.from(made.mediaKey).toString("base64"), fileSha256: Buffer.from(made.fileSha256).toString("base64") };
  return { remote: { kind: "image", directPath: "/v/a", ...facts, fileLength: file.length, key }, encrypted: bytes };
}

const request = (over: Partial<MediaRequest> = {}): MediaRequest => ({
  sessionId: "main",
  tenantId: "tenant-1",
  messageId: "M1",
  remote,
  traceId: "trace-1",
  mayAskAgain: true,
  ...over,
});
const connected = (askAgain: (message: WAMessage) => Promise<WAMessage>): (() => void) =>
  port.connected({ sessionId: "main", tenantId: "tenant-1", askAgain });

async function outcome(): Promise<Record<string, unknown> | undefined> {
  await vi.waitFor(() => expect(submitted).toHaveLength(1), WAIT);
  return submitted[0]?.items[0] as Record<string, unknown>;
}

function storedFiles(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

test("a file is stored under the hash of its content, and told with the message's trace id", async () => {
  port.fetch(request());
  expect(await outcome()).toEqual({
    messageId: "M1",
    state: "STORED",
    sha256: SHA256,
    size: FILE.length,
    storageKey: `tenant-1/${SHA256.slice(0, 2)}/${SHA256}`,
  });
  expect(submitted[0]).toMatchObject({ path: "media", sessionId: "main", traceId: "trace-1" });
  expect(readFileSync(join(folder, "media", "tenant-1", SHA256.slice(0, 2), SHA256))).toEqual(FILE);
});

test("what fails the check at its end is never stored", async () => {
  answers["/v/a"] = (_request, response) => response.end(Buffer.concat([encrypted.subarray(0, -1), Buffer.from([(encrypted.at(-1) ?? 0) ^ 1])]));
  port.fetch(request());
  expect(await outcome()).toEqual({ messageId: "M1", state: "FAILED", errorCode: "MEDIA_CORRUPT" });
  expect(storedFiles()).toEqual([]);
});

test("a file that is whole but not the one its sender named is never stored", async () => {
  port.fetch(request({ remote: { ...remote, fileSha256: Buffer.alloc(32, 1).toString("base64") } }));
  expect(await outcome()).toMatchObject({ state: "FAILED", errorCode: "MEDIA_CORRUPT" });
  expect(storedFiles()).toEqual([]);
});

test("a download that breaks off is tried again", async () => {
  let tries = 0;
  answers["/v/a"] = (_request, response) => {
    tries += 1;
    if (tries > 1) return void response.end(encrypted);
    response.writeHead(200, { "content-length": encrypted.length });
    response.write(encrypted.subarray(0, 1_000), () => response.destroy());
  };
  port.fetch(request());
  expect(await outcome()).toMatchObject({ state: "STORED", sha256: SHA256 });
  expect(tries).toBe(2);
});

test("what the host no longer has is uploaded again by its sender, asked once", async () => {
  answers = { "/v/b": (_request, response) => response.end(encrypted) };
  const askAgain = vi.fn<ConnectedSession["askAgain"]>(async () => toMediaMessage({ ...remote, directPath: "/v/b" }));
  connected(askAgain);
  port.fetch(request());
  expect(await outcome()).toMatchObject({ state: "STORED", sha256: SHA256 });
  expect(askAgain).toHaveBeenCalledTimes(1);
  expect(askAgain.mock.calls[0]?.[0].key).toEqual({ remoteJid: "15550002000@s.whatsapp.net", id: "M1", fromMe: false });
});

test.each([403, 404, 410])("a sender who has it no longer either means expired, after the host's %i", async (status) => {
  answers["/v/a"] = (_request, response) => response.writeHead(status).end();
  const askAgain = vi.fn<ConnectedSession["askAgain"]>(() => Promise.reject(new Error("Media re-upload failed by device (NOT_FOUND)")));
  connected(askAgain);
  port.fetch(request());
  expect(await outcome()).toEqual({ messageId: "M1", state: "EXPIRED", errorCode: "MEDIA_GONE" });
  expect(askAgain).toHaveBeenCalledTimes(1);
});

test("a phone that does not answer means expired", async () => {
  await port.close();
  port = start({ askTimeoutMs: 50 });
  answers = {};
  connected(() => new Promise(() => {}));
  port.fetch(request());
  expect(await outcome()).toMatchObject({ state: "EXPIRED" });
});

test("old history asks no sender", async () => {
  answers = {};
  const askAgain = vi.fn<ConnectedSession["askAgain"]>(() => Promise.reject(new Error("not to be asked")));
  connected(askAgain);
  port.fetch(request({ mayAskAgain: false }));
  expect(await outcome()).toMatchObject({ state: "EXPIRED" });
  expect(askAgain).not.toHaveBeenCalled();
});

test("without a socket nothing is said of what is gone: it is looked for again when one opens", async () => {
  answers = {};
  const query = vi.fn<() => Promise<object[]>>(async () => [{ messageId: "M1", remote, isOld: false }]);
  await port.close();
  port = start({ database: { query } as never });
  port.fetch(request());
  await vi.waitFor(() => expect(asked).toHaveLength(1), WAIT);
  answers = { "/v/b": (_request, response) => response.end(encrypted) };
  connected(async () => toMediaMessage({ ...remote, directPath: "/v/b" }));
  expect(await outcome()).toMatchObject({ state: "STORED" });
  expect(query).toHaveBeenCalled();
});

test("a redirect is not followed", async () => {
  answers["/v/a"] = (_request, response) => response.writeHead(302, { location: "/v/b" }).end();
  answers["/v/b"] = (_request, response) => response.end(encrypted);
  port.fetch(request());
  expect(await outcome()).toMatchObject({ state: "FAILED", errorCode: "MEDIA_UNREACHABLE" });
  expect(new Set(asked)).toEqual(new Set(["/v/a"]));
});

test.each(["//evil.example/a", "v/a", "/v/a\r\nhost: evil.example", "https://evil.example/a"])(
  "nothing is asked for with the path %j",
  async (directPath) => {
    port.fetch(request({ remote: { ...remote, directPath }, mayAskAgain: false }));
    expect(await outcome()).toMatchObject({ state: "FAILED", errorCode: "MEDIA_PATH" });
    expect(asked).toEqual([]);
  },
);

test("a host that resolves to this machine is not asked, unless it is named with its port", async () => {
  const [trusted] = parseMediaHosts(`localhost:${(host.address() as AddressInfo).port}`);
  const untrusted = createMediaFetch({ hosts: [{ hostname: "localhost", port: trusted?.port ?? 0, isTrusted: false }], ca: certificate.certificate });
  await expect(untrusted.open("/v/a", AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: "MEDIA_UNREACHABLE" });
  await untrusted.close();
  expect(asked).toEqual([]);
});

test("a host without a certificate we trust is not believed", async () => {
  const strict = createMediaFetch({ hosts: parseMediaHosts(`localhost:${(host.address() as AddressInfo).port}`) });
  await expect(strict.open("/v/a", AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: "MEDIA_UNREACHABLE" });
  await strict.close();
  expect(asked).toEqual([]);
});

test("a file larger than allowed is refused by what its sender says, and by what comes", async () => {
  port.fetch(request({ remote: { ...remote, fileLength: MAX_BYTES + 1 } }));
  expect(await outcome()).toMatchObject({ state: "FAILED", errorCode: "MEDIA_TOO_LARGE" });
  expect(asked).toEqual([]);
  submitted = [];
  const large = await hosted(Buffer.alloc(MAX_BYTES + 1));
  answers["/v/a"] = (_request, response) => response.end(large.encrypted);
  port.fetch(request({ messageId: "M2", remote: { ...large.remote, fileLength: 1 } }));
  expect(await outcome()).toMatchObject({ messageId: "M2", state: "FAILED", errorCode: "MEDIA_TOO_LARGE" });
  expect(storedFiles()).toEqual([]);
});

test("a few are fetched at once, and each once however often it is asked for", async () => {
  const held: ServerResponse[] = [];
  answers["/v/a"] = (_request, response) => void held.push(response);
  for (let n = 0; n < 10; n += 1) {
    port.fetch(request({ messageId: `M${n}` }));
    port.fetch(request({ messageId: `M${n}` }));
  }
  await vi.waitFor(() => expect(held).toHaveLength(4), WAIT);
  answers["/v/a"] = (_request, response) => response.end(encrypted);
  for (const response of held) response.end(encrypted);
  await vi.waitFor(() => expect(submitted).toHaveLength(10), WAIT);
  expect(asked).toHaveLength(10);
});
