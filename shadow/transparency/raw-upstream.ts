import { createServer, type AddressInfo, type Socket } from "node:net";
import { parseRequest, type RawMessage } from "./raw-message.ts";

export type RawUpstream = {
  readonly url: string;
  readonly port: number;
  /** Requests as they came, in order. */
  readonly requests: readonly RawMessage[];
  /** Connections opened so far. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

/** Answers each request with the bytes that `respond` gives; nothing is added. */
export async function startRawUpstream(respond: (request: RawMessage, socket: Socket) => string | Buffer | undefined): Promise<RawUpstream> {
  const requests: RawMessage[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let found = parseRequest(received); found !== undefined; found = parseRequest(received)) {
        received = received.subarray(found.length);
        requests.push(found);
        const answer = respond(found, socket);
        if (answer !== undefined) socket.write(typeof answer === "string" ? Buffer.from(answer, "latin1") : answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
