import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { MediaCertificate } from "../media-certificate.ts";
import type { MediaStore } from "./media-store.ts";

export type MediaHost = { readonly port: number; readonly close: () => Promise<void> };

export type MediaHostOptions = {
  readonly host: string;
  readonly port: number;
  readonly certificate: MediaCertificate;
  readonly store: MediaStore;
  readonly onError: (error: unknown) => void;
};

/** The host media is uploaded to and downloaded from, over TLS. */
export async function startMediaHost({ host, port, certificate, store, onError }: MediaHostOptions): Promise<MediaHost> {
  const server = createServer({ key: certificate.key, cert: certificate.certificate }, (request, response) => {
    const answer = request.method === "POST" ? takeUpload(store, request, response) : serveFile(store, request, response);
    answer.catch((error: unknown) => {
      // A client that hangs up midway is no fault of the host's.
      if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") onError(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  store.host = `localhost:${bound}`;
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function takeUpload(store: MediaStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { directPath, file } = store.reserve();
  await pipeline(request, createWriteStream(file));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ url: `https://${store.host}${directPath}`, direct_path: directPath }));
}

async function serveFile(store: MediaStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const directPath = request.url ?? "";
  const file = store.fileOf(directPath);
  const size = file === undefined ? undefined : await sizeOf(file);
  const mode = store.modeOf(directPath);
  if (file === undefined || size === undefined || mode.mode === "gone") {
    response.writeHead(mode.mode === "gone" ? mode.status : 404).end();
    return;
  }
  if (mode.mode === "slow") await delay(mode.delayMs);
  const { start, end } = rangeOf(request.headers.range, size);
  const isPartial = request.headers.range !== undefined;
  response.writeHead(isPartial ? 206 : 200, {
    "content-type": "application/octet-stream",
    "content-length": end - start + 1,
    ...(isPartial ? { "content-range": `bytes ${start}-${end}/${size}` } : {}),
  });
  if (mode.mode === "corrupted") {
    response.end(Buffer.alloc(end - start + 1));
    return;
  }
  await pipeline(createReadStream(file, { start, end }), response);
}

const sizeOf = async (file: string): Promise<number | undefined> => {
  try {
    return (await stat(file)).size;
  } catch {
    return undefined;
  }
};

function rangeOf(header: string | undefined, size: number): { readonly start: number; readonly end: number } {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header ?? "") ?? [];
  const start = from === undefined ? 0 : Number(from);
  return { start, end: to === undefined || to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}
