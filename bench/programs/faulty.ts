import { randomBytes } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { contactBody } from "../documents.ts";

/**
 * A candidate that fails as the path says: `/api/hung` is never answered, `/api/garbage` with 100 MB of noise. Its second
 * port takes orders: `POST /refuse`, `POST /accept`, and `POST /hang`, `POST /answer` for all paths at once.
 */
const GARBAGE_BYTES = 100 * 1024 * 1024;
const SLOW_MS = 2_000;

const body = contactBody(4_000);
const noise = randomBytes(1024 * 1024);
const sockets = new Set<Socket>();
let isHung = false;

const server = createServer((request, response) => {
  request.resume();
  answer(isHung ? "hung" : (request.url?.split("/").at(-1) ?? ""), response);
});
server.on("connection", (socket) => {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
});

function answer(fault: string, response: ServerResponse): void {
  switch (fault) {
    case "hung":
      return;
    case "errors":
      response.writeHead(500, { "content-type": "application/json" });
      return void response.end('{"error":"Internal server error"}');
    case "resetting":
      response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
      return void response.write(body.subarray(0, 1_000), () => response.destroy());
    case "slow":
      return void setTimeout(() => good(response), SLOW_MS);
    case "garbage":
      response.writeHead(200, { "content-type": "application/json" }); // no length: the worst case
      return pour(response, GARBAGE_BYTES);
    default:
      return good(response);
  }
}

function good(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

function pour(response: ServerResponse, missing: number): void {
  if (response.destroyed) return;
  if (missing <= 0) return void response.end();
  if (response.write(noise)) setImmediate(() => pour(response, missing - noise.length));
  else response.once("drain", () => pour(response, missing - noise.length));
}

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  const orders = createServer((request, response) => {
    const done = (): void => void response.end();
    if (request.url === "/hang" || request.url === "/answer") {
      isHung = request.url === "/hang";
      return done();
    }
    if (request.url === "/accept") return void server.listen(port, "127.0.0.1", done);
    server.close(done);
    for (const socket of sockets) socket.destroy();
  });
  orders.listen(0, "127.0.0.1", () => {
    process.stdout.write(`${JSON.stringify({ msg: "ready", port, orders: (orders.address() as AddressInfo).port })}\n`);
  });
});
