import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { contactBody } from "../documents.ts";

/** A system that answers every request with the same 4 KB of JSON, as fast as Node can. */
const body = contactBody(4_000);

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ msg: "ready", port: (server.address() as AddressInfo).port, bytes: body.length })}\n`);
});
