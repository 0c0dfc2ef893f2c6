import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A system that answers every request with the same 4 KB of JSON, as fast as Node can. */
const rows = Array.from({ length: 20 }, (_, index) => ({
  id: `c${String(index).padStart(24, "0")}`,
  jid: `1555010${String(index).padStart(4, "0")}@s.whatsapp.net`,
  name: `Contact ${index}`,
  unreadCount: index % 5,
  lastMessageAt: new Date(1_763_632_860_000 + index * 60_000).toISOString(),
  status: "OPEN",
}));
const body = Buffer.from(JSON.stringify({ contacts: rows, padding: "x".repeat(600) }));

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ msg: "ready", port: (server.address() as AddressInfo).port, bytes: body.length })}\n`);
});
