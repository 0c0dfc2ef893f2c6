import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import type { Body, Injection } from "./injections.ts";

export type Injector = { readonly url: string; readonly close: () => Promise<void> };

/** A server between the proxy and Nest that passes everything on and spoils the answers the injections name. */
export async function startInjector(upstream: string, injections: readonly Injection[]): Promise<Injector> {
  const pool = new Pool(new URL(upstream).origin);
  const server = createServer((request, response) => {
    pass(request, response, { pool, injections }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => closeAll(server, pool) };
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { pool, injections }: { pool: Pool; injections: readonly Injection[] },
): Promise<void> {
  const target = request.url ?? "/";
  const answer = await pool.request({
    method: request.method ?? "GET",
    path: target,
    headers: withoutHop(request.headers),
    body: hasBody(request) ? request : null,
  });
  const applied = injections.filter(({ path }) => target.split("?", 1)[0] === path);
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const content = applied.length > 0 && answer.statusCode === 200 && request.method === "GET" ? spoil(bytes, applied) : bytes;
  response.writeHead(answer.statusCode, { ...withoutHop(answer.headers), ...(bytes === content ? {} : { "content-length": content.length }) });
  response.end(content);
}

function spoil(bytes: Buffer, injections: readonly Injection[]): Buffer {
  const body = injections.reduce((current, injection) => injection.apply(current), JSON.parse(bytes.toString()) as Body);
  return Buffer.from(JSON.stringify(body));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

type Headers = Record<string, string | string[] | undefined>;

function withoutHop({ connection: _connection, "keep-alive": _keepAlive, "transfer-encoding": _encoding, ...rest }: Headers): Headers {
  return rest;
}

async function closeAll(server: Server, pool: Pool): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await pool.destroy();
}
