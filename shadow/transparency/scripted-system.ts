import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { parseHead, parseRequest } from "./raw-message.ts";
import { toMessage, type Message } from "./sighting.ts";
import { OK, type Bytes, type TransparencyCase } from "./transparency-case.ts";

export type ScriptedSystem = {
  readonly url: string;
  /** Plays the answer of the case from now on; answers what it has been asked since. */
  readonly play: (scripted: Pick<TransparencyCase, "answer" | "system">) => () => readonly Message[];
  readonly close: () => Promise<void>;
};

type Scene = { readonly scripted: Pick<TransparencyCase, "answer" | "system">; readonly asked: Message[] };

/** A system that answers with the bytes of a case and keeps what it is asked, byte for byte; on a free port of loopback. */
export async function startScriptedSystem(): Promise<ScriptedSystem> {
  let scene: Scene = { scripted: { answer: { onRequest: OK }, system: "scripted" }, asked: [] };
  const sockets = new Set<Socket>();
  const node = createHttpServer((request, response) => {
    const { asked } = scene;
    response.sendDate = false;
    request.on("error", () => undefined).resume(); // a body that turns out to be malformed
    request.once("end", () => {
      asked.push({ startLine: `${request.method} ${request.url} HTTP/1.1`, lines: [], connection: [], body: "", trailers: [] });
      response.writeHead(200, ["Content-Length", "2"]).end("ok");
    });
  });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    if (scene.scripted.system === "node") node.emit("connection", socket);
    else answerFrom(socket, () => scene);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    play: (scripted) => {
      const next = { scripted, asked: [] };
      scene = next;
      return () => next.asked;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Takes one request after the other off the connection, each answered by the scene of its time. */
function answerFrom(socket: Socket, scene: () => Scene): void {
  let received = Buffer.alloc(0);
  let current: Scene | undefined; // whose request is on its way
  const take = (): void => {
    const head = parseHead(received);
    if (head === undefined) return;
    if (current === undefined) {
      current = scene();
      current.asked.push(toMessage({ ...head, body: Buffer.alloc(0), trailers: [] }));
      write(socket, current.scripted.answer.onHead);
    }
    const { answer } = current.scripted;
    if (answer.isTunnel === true) return;
    const found = parseRequest(received);
    if (found === undefined) return;
    received = received.subarray(found.length);
    current.asked[current.asked.length - 1] = toMessage(found);
    current = undefined;
    write(socket, answer.onRequest);
    finish(socket, answer.end);
    take();
  };
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    take();
  });
  socket.once("end", () => {
    const head = parseHead(received);
    if (current?.scripted.answer.isTunnel === true && head !== undefined)
      current.asked[current.asked.length - 1] = toMessage({ ...head, body: received.subarray(head.length), trailers: [] });
    socket.end();
  });
}

function write(socket: Socket, bytes: Bytes | undefined): void {
  if (bytes !== undefined) socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
}

/** A reset waits until what was written has left. */
function finish(socket: Socket, end: "end" | "reset" | undefined): void {
  if (end === "end") socket.end();
  else if (end === "reset") socket.write("", () => socket.resetAndDestroy());
}
