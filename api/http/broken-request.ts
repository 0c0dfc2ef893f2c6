import type { Socket } from "node:net";

/** Answers what is no HTTP, in the contract's form: Fastify's own body has keys the contract does not know. */
export function answerBrokenRequest(error: { readonly code?: string | undefined }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const [status, text] = REPLIES.get(error.code ?? "") ?? BAD_REQUEST;
  const body = JSON.stringify({ error: text });
  const headers = [`HTTP/1.1 ${status}`, "Content-Type: application/json", `Content-Length: ${body.length}`, "Connection: close"];
  if (socket.writable) socket.write(`${headers.join("\r\n")}\r\n\r\n${body}`);
  socket.destroySoon();
}

const BAD_REQUEST = ["400 Bad Request", "Bad request"] as const;
const REPLIES = new Map<string, readonly [status: string, text: string]>([
  ["HPE_HEADER_OVERFLOW", ["431 Request Header Fields Too Large", "Request header fields too large"]],
  ["ERR_HTTP_REQUEST_TIMEOUT", ["408 Request Timeout", "Request timeout"]],
]);
