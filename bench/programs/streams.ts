import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

/** `GET /down/N` answers N bytes, `POST /up` reads what comes and answers how many bytes that was. */
const chunk = randomBytes(64 * 1024);

const server = createServer((request, response) => {
  if (request.method === "POST") return count(request, response);
  request.resume();
  const length = Number(request.url?.split("/").at(-1));
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": length });
  Readable.from(chunks(length)).pipe(response);
});

function* chunks(length: number): Generator<Buffer> {
  for (let missing = length; missing > 0; missing -= chunk.length) yield missing >= chunk.length ? chunk : chunk.subarray(0, missing);
}

function count(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0;
  request.on("data", (data: Buffer) => (bytes += data.length));
  request.on("end", () => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ bytes }));
  });
}

server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ msg: "ready", port: (server.address() as AddressInfo).port })}\n`);
});
