import type { WebSocket } from "ws";
import type { AppCredentials } from "./app-credentials.ts";
import { handleClientFrame } from "./client-frame.ts";
import { CLOSE, type Close } from "./close-codes.ts";
import { frames } from "./frames.ts";
import type { Hub, Peer } from "./hub.ts";

/** A client that reads slower than this behind is let go: it may come back later. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

export type Timeouts = {
  /** A connection that has said nothing for that long is asked for a sign of life; clients are told the figure. */
  readonly activityMs: number;
  /** How long the sign of life may take. */
  readonly pongMs: number;
};

export type SocketOptions = {
  readonly app: AppCredentials;
  readonly hub: Hub;
  readonly socketId: string;
  readonly timeouts: Timeouts;
};

/** Speaks the protocol with one client until the connection is gone. */
export function serveSocket(socket: WebSocket, { app, hub, socketId, timeouts }: SocketOptions): void {
  const peer: Peer = {
    socketId,
    send: (frame) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MAX_BUFFERED_BYTES) closeSocket(socket, CLOSE.overCapacity);
      else socket.send(frame);
    },
  };
  let pong: NodeJS.Timeout | undefined;
  const silence = setTimeout(() => {
    peer.send(frames.ping());
    pong = setTimeout(() => closeSocket(socket, CLOSE.pongMissing), timeouts.pongMs);
  }, timeouts.activityMs);
  socket.on("message", (data, isBinary) => {
    clearTimeout(pong);
    silence.refresh();
    handleClientFrame({ app, hub, peer }, isBinary ? "" : toText(data));
  });
  socket.on("close", () => {
    clearTimeout(silence);
    clearTimeout(pong);
    hub.leave(peer);
  });
  peer.send(frames.established(socketId, Math.ceil(timeouts.activityMs / 1_000)));
}

/** Says why, then closes. A close code below 4000 never comes from here. */
export function closeSocket(socket: WebSocket, { code, reason }: Close): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.send(frames.error(code, reason));
  socket.close(code, reason);
}

function toText(data: Buffer | ArrayBuffer | readonly Buffer[]): string {
  if (data instanceof ArrayBuffer) return Buffer.from(data).toString("utf8");
  return Buffer.isBuffer(data) ? data.toString("utf8") : Buffer.concat(data).toString("utf8");
}
