import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex, Readable } from "node:stream";
import type { HeaderList } from "../core/types.ts";

export type Tunnel = {
  readonly response: ServerResponse;
  /** What the client sends after its handshake, from the first byte on. */
  readonly fromClient: Readable;
  readonly owner: Duplex;
  readonly status: number;
  /** The owner's own answer to the handshake, every line of it. */
  readonly headers: HeaderList;
};

/** Switches the connection over: from here on bytes go both ways as they are, ends and resets included. */
export function openTunnel({ response, fromClient, owner, status, headers }: Tunnel): void {
  const client = response.socket;
  if (client === null) {
    owner.destroy();
    return;
  }
  response.detachSocket(client);
  client.setTimeout(0);
  client.write(headOf(`HTTP/1.1 ${status} Switching Protocols`, headers), "latin1");
  fromClient.pipe(owner);
  owner.pipe(client);
  endTogether(client, owner as Socket);
}

/** A response head as bytes, for what Node's own writer has no words for. */
export function headOf(startLine: string, headers: HeaderList): string {
  return `${startLine}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

/** An end is passed on by the pipes; a connection that is lost takes the other one with it. */
function endTogether(one: Socket, other: Socket): void {
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.on("error", () => peer.resetAndDestroy());
    socket.once("close", () => (socket.readableEnded ? peer.end() : peer.destroy()));
  }
}
