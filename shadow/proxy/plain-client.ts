import { request as requestHttp, type ClientRequest, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { hasBody } from "./forward.ts";
import { MAX_HEADER_BYTES, pairs, trailersOf } from "./headers.ts";

/** One request of a client, sent by Node's own client over a connection of its own. */
export type PlainClient = (request: IncomingMessage) => Pick<Dispatcher, "dispatch">;

/** True for what undici refuses or cannot say: `Expect`, upgrades, trailers of a request, a target that is no path. */
export function needsPlainClient({ headers, httpVersion, upgrade }: IncomingMessage & { readonly upgrade?: boolean }, target: string): boolean {
  const hasTrailers = headers.trailer !== undefined && headers["transfer-encoding"] !== undefined;
  return upgrade === true || (headers.expect !== undefined && httpVersion !== "1.0") || hasTrailers || !target.startsWith("/");
}

/** Speaks undici's handler, so that one function forwards both ways. `timeoutMs`: how long nothing at all may happen. */
export function createPlainClient(url: string, timeoutMs: number): PlainClient {
  const { protocol, hostname, port } = new URL(url);
  const isTls = protocol === "https:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const address = { host, port: Number(port === "" ? (isTls ? 443 : 80) : port), allowHalfOpen: true, timeout: timeoutMs };
  const createConnection = (): Socket => (isTls ? connectTls({ ...address, servername: host, ALPNProtocols: ["http/1.1"] }) : connectTcp(address));
  return (client) => ({
    dispatch: ({ path, method, headers, body }, handler) => {
      const send = isTls ? requestHttps : requestHttp;
      const sent = send({
        method,
        path,
        headers: [...framingOf(client), ...withoutVainTrailer(headers as string[], client)],
        maxHeaderSize: MAX_HEADER_BYTES,
        timeout: timeoutMs,
        createConnection,
      });
      report(sent, handler);
      sendBody(sent, body as Readable | null, client);
      return true;
    },
  });
}

/** What of this hop the next one must be told as well; without a word on the body Node would announce chunks. */
function framingOf(client: IncomingMessage & { readonly upgrade?: boolean }): string[] {
  const { headers } = client;
  if (client.upgrade === true) return ["Connection", "Upgrade", "Upgrade", headers.upgrade ?? ""];
  const expectation = headers.expect === undefined ? [] : ["Expect", headers.expect];
  if (headers["transfer-encoding"] !== undefined) return [...expectation, "Transfer-Encoding", "chunked"];
  return headers["content-length"] === undefined && client.method === "POST" ? [...expectation, "Content-Length", "0"] : expectation;
}

/** Node refuses to announce trailers that cannot follow. */
function withoutVainTrailer(flat: readonly string[], { headers }: IncomingMessage): readonly string[] {
  if (headers.trailer === undefined || headers["transfer-encoding"] !== undefined) return flat;
  return pairs(flat)
    .filter(([name]) => name.toLowerCase() !== "trailer")
    .flat();
}

function sendBody(sent: ClientRequest, body: Readable | null, client: IncomingMessage): void {
  if (body === null) {
    sent.end();
    return;
  }
  sent.once("close", () => body.destroy());
  body.pipe(sent, { end: false });
  body.once("end", () => {
    if (hasBody(client) && client.headers["transfer-encoding"] !== undefined) sent.addTrailers(trailersOf(client.rawTrailers));
    sent.end();
  });
}

/** What happens to the request, told as undici tells it. */
function report(sent: ClientRequest, handler: Dispatcher.DispatchHandler): void {
  const controller = createController(sent);
  let answer: IncomingMessage | undefined;
  let hasEnded = false;
  const fail = (error: Error): void => {
    if (hasEnded) return;
    hasEnded = true;
    handler.onResponseError?.(controller, controller.reason ?? error);
  };
  const start = (status: number, reason: string, raw: readonly string[]): void => {
    controller.rawHeaders = [...raw];
    try {
      handler.onResponseStart?.(controller, status, {}, Buffer.from(reason, "latin1").toString());
    } catch (error) {
      controller.abort(error as Error); // undici does the same: an odd answer must not end the program
    }
  };
  handler.onRequestStart?.(controller, undefined);
  sent.on("information", ({ statusCode, statusMessage, rawHeaders }) => start(statusCode, statusMessage, rawHeaders));
  sent.on("upgrade", ({ statusCode = 101, rawHeaders }, socket, head) => {
    hasEnded = true;
    socket.setTimeout(0);
    if (head.length > 0) socket.unshift(head);
    controller.rawHeaders = [...rawHeaders];
    handler.onRequestUpgrade?.(controller, statusCode, {}, socket);
  });
  sent.on("response", (response) => {
    answer = response;
    controller.onPause = (isPaused) => void (isPaused ? response.pause() : response.resume());
    start(response.statusCode ?? 0, response.statusMessage ?? "", response.rawHeaders);
    response.on("data", (chunk: Buffer) => handler.onResponseData?.(controller, chunk));
    response.once("error", fail);
    response.once("end", () => {
      hasEnded = true;
      controller.rawTrailers = [...response.rawTrailers];
      handler.onResponseEnd?.(controller, {});
      sent.destroy(); // the rest of a body nobody reads any more
    });
  });
  sent.once("timeout", () => sent.destroy(Object.assign(new Error("nothing happened for too long"), { code: timeoutCode(answer) })));
  sent.on("error", fail);
  sent.once("close", () => fail(new Error("the connection ended before the answer")));
}

const timeoutCode = (answer: IncomingMessage | undefined): string => (answer === undefined ? "UND_ERR_HEADERS_TIMEOUT" : "UND_ERR_BODY_TIMEOUT");

type Controller = Dispatcher.DispatchController & {
  rawHeaders: string[];
  rawTrailers: string[];
  onPause: (isPaused: boolean) => void;
};

function createController(sent: ClientRequest): Controller {
  let reason: Error | null = null;
  let isPaused = false;
  const turn = (paused: boolean): void => {
    isPaused = paused;
    controller.onPause(paused);
  };
  const controller: Controller = {
    rawHeaders: [],
    rawTrailers: [],
    onPause: () => undefined,
    get aborted() {
      return reason !== null;
    },
    get paused() {
      return isPaused;
    },
    get reason() {
      return reason;
    },
    abort: (error) => {
      reason = error;
      sent.destroy(error);
    },
    pause: () => turn(true),
    resume: () => turn(false),
  };
  return controller;
}
