import { decodeBinaryNode, encodeBinaryNode, type BinaryNode } from "@whiskeysockets/baileys";
import type { WebSocket } from "ws";
import { createFrameReader, toFrame } from "./frames.ts";
import { createNoiseResponder, type ClientHandshake, type NoiseIdentity } from "./noise.ts";

/** One client's encrypted stream of nodes. */
export type Connection = {
  readonly send: (node: BinaryNode) => void;
  /** Ends the WebSocket in good order, once everything sent is out. */
  readonly close: () => void;
  /** Cuts the line. */
  readonly terminate: () => void;
  /** Resolves when the line is gone, whoever hung up. */
  readonly closed: Promise<void>;
};

export type NodeHandler = (node: BinaryNode) => Promise<void> | void;

export type ConnectionOptions = {
  readonly identity: NoiseIdentity;
  /** Called once the handshake is done; what it answers handles every node, one after the other. */
  readonly admit: (connection: Connection, handshake: ClientHandshake) => NodeHandler;
  readonly onError: (error: unknown) => void;
};

/** Speaks noise with a client until it hangs up. A client that breaks the protocol is hung up on. */
export function serveConnection(socket: WebSocket, { identity, admit, onError }: ConnectionOptions): void {
  const noise = createNoiseResponder(identity);
  const readFrames = createFrameReader();
  const connection: Connection = {
    send: (node) => {
      if (socket.readyState === socket.OPEN) socket.send(toFrame(noise.encrypt(encodeBinaryNode(node))));
    },
    close: () => socket.close(),
    terminate: () => socket.terminate(),
    closed: new Promise((resolve) => socket.once("close", () => resolve())),
  };
  let step: "hello" | "finish" | "nodes" = "hello";
  let handle: NodeHandler = () => {};
  let turn: Promise<void> = Promise.resolve();

  const take = (frame: Buffer): void => {
    switch (step) {
      case "hello":
        socket.send(toFrame(noise.answerHello(frame)));
        step = "finish";
        break;
      case "finish":
        step = "nodes";
        handle = admit(connection, noise.readFinish(frame));
        break;
      case "nodes": {
        const plaintext = noise.decrypt(frame);
        turn = turn.then(async () => handle(await decodeBinaryNode(plaintext))).catch(onError);
        break;
      }
    }
  };
  socket.on("message", (data: Buffer) => {
    try {
      for (const frame of readFrames(data)) take(frame);
    } catch (error) {
      onError(error);
      socket.terminate();
    }
  });
  // A line that breaks is everyday business; without a listener it would end the process.
  socket.on("error", () => {});
}
