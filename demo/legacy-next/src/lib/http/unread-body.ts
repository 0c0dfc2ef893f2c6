import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly socket: Socket };

/**
 * A refused body is read to its end all the same, and thrown away. Node does so for bodies nobody touched; one that was read in
 * part and then left (Next makes it a stream and destroys that) would stop the connection: the client's next request on it
 * waits, and fails when the connection times out.
 */
export function drainUnreadBodies(): void {
  subscribe("http.server.request.start", (message) => drainWhenAnswered(message as Exchange));
}

/** Node's own way of throwing a body away; it has no other name. */
type Dumpable = { readonly _dump: () => void };

export function drainWhenAnswered({ request, response, socket }: Exchange): void {
  response.once("finish", () => {
    if (request.complete || socket.destroyed) return;
    (request as unknown as Dumpable)._dump();
    socket.resume(); // stopped when the destroyed stream took no more
  });
}
