import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** How the owner treats the next sends: `then` says when it lets go of the connection. */
export type Behaviour =
  | { readonly kind: "accept" }
  | { readonly kind: "refuse"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Sends, and then answers so. */
  | { readonly kind: "accept-then-fail"; readonly status: 500 | "reset" }
  /** Waits for `proceed` before it sends and answers. */
  | { readonly kind: "hold" };

export type Sent = { readonly key: string; readonly user: string; readonly body: string };

export type SendOwner = {
  readonly url: string;
  /** What it really sent, in order: the messages a customer would see. */
  readonly sent: readonly Sent[];
  /** Every request that reached it. */
  readonly asked: readonly { readonly key: string; readonly headers: IncomingMessage["headers"] }[];
  behave: (behaviour: Behaviour) => void;
  /** Resolves when so many requests are held. */
  readonly heldCount: () => number;
  readonly proceed: () => void;
  readonly close: () => Promise<void>;
};

/**
 * An owner of sends over real HTTP. With `honoursKey` it sends a key once and repeats its answer, as a contract's owner does;
 * without, each request that it reads to the end is another message.
 */
export async function startSendOwner({ name, honoursKey }: { readonly name: string; readonly honoursKey: boolean }): Promise<SendOwner> {
  const sent: Sent[] = [];
  const asked: { key: string; headers: IncomingMessage["headers"] }[] = [];
  const answers = new Map<string, string>();
  const held: (() => void)[] = [];
  const sockets = new Set<Socket>();
  let behaviour: Behaviour = { kind: "accept" };
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = String(request.headers["idempotency-key"] ?? "");
    asked.push({ key, headers: request.headers });
    const chosen = behaviour;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    if (request.headers.authorization === undefined) return answer(response, 401, '{"error":"Unauthorized"}');
    if (request.headers["content-type"]?.startsWith("multipart") === true && !/--\r?\n?$/.test(body)) return answer(response, 400, '{"error":"cut"}');
    if (chosen.kind === "hold") await new Promise<void>((resolve) => held.push(resolve));
    if (chosen.kind === "refuse") return answer(response, chosen.status, `{"error":"refused by ${name}"}`, chosen.headers);
    const user = createHash("sha256").update(request.headers.authorization).digest("hex").slice(0, 8);
    const known = honoursKey ? answers.get(key) : undefined;
    if (known !== undefined) return answer(response, 200, known, { "idempotent-replayed": "true" });
    sent.push({ key, user, body });
    const text = `{"success":true,"message":{"id":"${name}-${sent.length}","n":1.0}}`;
    answers.set(key, text);
    if (chosen.kind !== "accept-then-fail") return answer(response, 200, text);
    if (chosen.status === 500) return answer(response, 500, '{"error":"Failed to send message"}');
    request.socket.resetAndDestroy();
    return undefined;
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    asked,
    behave: (next) => (behaviour = next),
    heldCount: () => held.length,
    proceed: () => held.splice(0).forEach((each) => each()),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers }).end(body);
}

/** A user's token, signed with the secret. */
export function tokenFor(sub: string, secret: string, claims: Readonly<Record<string, unknown>> = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const payload = { sub, tenantId: "t1", role: "user", exp: Math.floor(Date.now() / 1_000) + 3_600, ...claims };
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part(payload)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}
