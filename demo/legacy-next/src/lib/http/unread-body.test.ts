import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drainWhenAnswered } from "./unread-body.ts";

const BODY_BYTES = 16_000_000;
let server: Server;
let isDraining = true;

beforeEach(async () => {
  server = createServer((request, response) => {
    if (isDraining) drainWhenAnswered({ request, response, socket: request.socket });
    const refuse = async (): Promise<void> => {
      for await (const _ of request) break; // leaving the loop destroys the request, as a cancelled stream does
      response.writeHead(413).end();
    };
    void (request.method === "GET" ? Promise.resolve(response.end("ok")) : refuse());
  });
  server.keepAliveTimeout = 500;
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The statuses that one connection gets for an upload and the request after it. */
function talk(): Promise<readonly string[]> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = ""]) => status)));
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`);
    socket.write(Buffer.alloc(BODY_BYTES));
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  });
}

test("after a refusal in the middle of a body the connection goes on", async () => {
  isDraining = true;
  expect(await talk()).toEqual(["413", "200"]);
});

test("without it Node leaves the connection stuck", async () => {
  isDraining = false;
  expect(await talk()).toEqual(["413"]);
});
