import { ServerResponse, type IncomingMessage, type Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import { PassThrough, type Readable } from "node:stream";
import { hasBody } from "./forward.ts";
import { headOf } from "./tunnel.ts";

export type UpgradeOptions = {
  /** Serves one handshake. `fromClient`: what follows it on the connection. */
  readonly serve: (request: IncomingMessage, response: ServerResponse, fromClient: Readable) => Promise<void>;
  /** True while an earlier request of the connection is being answered. */
  readonly isBusy: (socket: Socket) => boolean;
};

const upgraded = new WeakSet<Socket>();

/** True for a connection whose handshake was taken, or is being. */
export function isUpgraded(socket: Socket): boolean {
  return upgraded.has(socket);
}

/**
 * WebSocket handshakes go to the owner, who decides. Any other offer to upgrade (`h2c`) is passed over, as a server may
 * (RFC 9110, 7.8): the request is served as if it had not been made.
 */
export function acceptUpgrades(server: HttpServer, { serve, isBusy }: UpgradeOptions): void {
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (isBusy(socket)) {
      socket.destroy(); // the earlier answer and this one's bytes would mix
      return;
    }
    if (!isWebSocket(request)) {
      socket.unshift(Buffer.concat([withoutOffer(request), head]));
      server.emit("connection", socket);
      return;
    }
    upgraded.add(socket);
    if (head.length > 0) socket.unshift(head);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false; // a refused handshake is the last of its connection
    response.assignSocket(socket);
    response.once("finish", () => socket.destroySoon());
    socket.on("error", () => socket.destroy());
    void serve(request, response, socket.pipe(new PassThrough()));
  });
}

function isWebSocket(request: IncomingMessage): boolean {
  return request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket" && !hasBody(request);
}

/** The request's head again, as bytes, without the offer to upgrade. */
function withoutOffer({ method = "GET", url = "/", httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const value = rawHeaders[index + 1] ?? "";
    if (name.toLowerCase() === "connection") lines.push([name, withoutToken(value, "upgrade")]);
    else if (name.toLowerCase() !== "upgrade") lines.push([name, value]);
  }
  return Buffer.from(headOf(`${method} ${url} HTTP/${httpVersion}`, lines), "latin1");
}

function withoutToken(value: string, token: string): string {
  return value
    .split(",")
    .filter((part) => part.trim().toLowerCase() !== token)
    .join(",");
}
