import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { PassThrough, type Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { BodyCollector } from "../../lib/body-collector.ts";
import { codeOf } from "../../lib/errors.ts";
import type { HeaderList } from "../core/types.ts";
import { endToEnd, pairs, sendable, trailersOf } from "./headers.ts";
import { relayInformation } from "./information.ts";
import { openTunnel } from "./tunnel.ts";

export type Forwarding = {
  readonly dispatcher: Pick<Dispatcher, "dispatch">;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
  readonly headers: HeaderList;
  /** Sees every chunk on its way to the client. */
  readonly tee: BodyCollector | undefined;
  /** Gives the answer up before a byte of it was passed on: another system may give one. */
  readonly giveUp?: GiveUp | undefined;
  /** What the client sends after a handshake that upgrades the connection. */
  readonly fromClient?: Readable | undefined;
};

/** An answer that is not worth passing on: one of these statuses, or none within the time. */
export type GiveUp = { readonly statuses: ReadonlySet<number>; readonly afterMs: number };

/** How it ended, seen from the proxy. Nothing of the answer has reached the client when a failure says so. */
export type Forwarded =
  | { readonly kind: "upgraded"; readonly status: number; readonly tookMs: number }
  | { readonly kind: "answered"; readonly status: number; readonly headers: HeaderList; readonly tookMs: number }
  | { readonly kind: "client-gone" }
  | { readonly kind: "failed"; readonly error: Error; readonly isUnanswered: boolean };

/**
 * Streams one request to a system and its answer back: no retries, no buffering, back-pressure both ways. A client that goes
 * away cancels the call; an answer that breaks off resets the client rather than end cleanly.
 */
export function forward({ dispatcher, request, response, target, headers, tee, giveUp, fromClient }: Forwarding): Promise<Forwarded> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const body = bodyOf(request);
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let answered: HeaderList = [];
    let isFlushed = false;
    let isSettled = false;
    let tookMs: number | undefined;

    const settle = (result: Forwarded): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(patience);
      response.off("close", onClose);
      response.off("drain", onDrain);
      request.off("aborted", onClose);
      body?.destroy();
      resolve(result);
    };
    const onClose = (): void => {
      if (tookMs !== undefined && response.writableFinished) return settle({ kind: "answered", status, headers: answered, tookMs });
      settle({ kind: "client-gone" });
      controller?.abort(new Error("the client went away"));
    };
    const onDrain = (): void => controller?.resume();
    const abandon = (reason: string): void => {
      const error = new Error(reason);
      settle({ kind: "failed", error, isUnanswered: true });
      controller?.abort(error);
    };
    const patience = giveUp === undefined ? undefined : setTimeout(() => abandon(`no answer within ${giveUp.afterMs} ms`), giveUp.afterMs);
    const finish = (): void => {
      isFlushed = true;
      tookMs = performance.now() - startedAt;
      response.end(); // its `close` settles
    };
    response.on("close", onClose);
    if (response.socket === null) request.on("aborted", onClose); // pipelined: it has no connection yet that could close

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: (started) => {
        controller = started;
        if (isSettled) started.abort(new Error("nobody waits for this answer"));
      },
      onResponseStart: (current, statusCode, _headers, statusMessage = "") => {
        if (isSettled) return;
        const raw = pairs(current.rawHeaders);
        if (statusCode < 100) return current.abort(new Error(`the system answered with status ${statusCode}`)); // Node would say 200
        if (statusCode < 200) return relayInformation(response, { request, status: statusCode, reason: toReasonBytes(statusMessage), headers: raw });
        clearTimeout(patience);
        controller = current;
        if (giveUp?.statuses.has(statusCode) === true) return abandon(`answered ${statusCode}`);
        status = statusCode;
        answered = endToEnd(raw);
        response.sendDate = false;
        response.writeHead(statusCode, toReasonBytes(statusMessage), sendable(answered, { request, status }).flat());
        queueMicrotask(() => isFlushed || response.flushHeaders()); // the body may take its time: an event stream is open now
      },
      onRequestUpgrade: (current, statusCode, _headers, owner) => {
        if (isSettled || fromClient === undefined || response.destroyed) {
          owner.destroy();
          return settle({ kind: "failed", error: new Error("the system upgraded a connection that nobody asked to"), isUnanswered: true });
        }
        settle({ kind: "upgraded", status: statusCode, tookMs: performance.now() - startedAt });
        return openTunnel({ response, fromClient, owner, status: statusCode, headers: pairs(current.rawHeaders) });
      },
      onResponseData: (current, chunk) => {
        if (isSettled) return;
        isFlushed = true;
        tee?.push(chunk);
        if (response.write(chunk)) return;
        current.pause();
        if (response.listenerCount("drain") === 0) response.once("drain", onDrain);
      },
      onResponseEnd: (current) => {
        if (isSettled) return;
        addTrailers(response, current);
        finish();
      },
      onResponseError: (_controller, error): void => {
        if (isSettled) return;
        if (isNotModifiedWithLength(status, error)) return finish();
        const isUnanswered = !response.headersSent;
        if (!isUnanswered) reset(response);
        settle({ kind: "failed", error, isUnanswered });
      },
    };
    try {
      dispatcher.dispatch({ path: target, method: request.method as "GET", headers: headers.flat(), body }, handler);
    } catch (error) {
      settle({ kind: "failed", error: error as Error, isUnanswered: !response.headersSent });
    }
  });
}

/** True when the client sends a body, whatever the method. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] !== undefined && headers["content-length"] !== "0");
}

/**
 * The body in a stream of its own: an owner that fails, or answers without reading it, ends this one. What the client still
 * sends is then read and dropped, as Node does for its own handlers, and the connection stays usable.
 */
function bodyOf(request: IncomingMessage): PassThrough | null {
  if (!hasBody(request)) return null;
  const body = request.pipe(new PassThrough());
  body.on("error", () => undefined).once("close", () => request.resume()); // after the pipe has let go of it
  return body;
}

const ASCII = /^[\x20-\x7e]*$/;

/** undici decodes the reason phrase, Node writes one byte a character. */
function toReasonBytes(reason: string): string {
  if (ASCII.test(reason)) return reason;
  return Buffer.from(reason, "utf8").toString("latin1");
}

/** A 304 may name the length of what it does not send (RFC 9110, 15.4.5); undici waits for that body and fails. */
function isNotModifiedWithLength(status: number, error: Error): boolean {
  return status === 304 && codeOf(error) === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH";
}

function addTrailers(response: ServerResponse, { rawTrailers }: Dispatcher.DispatchController): void {
  const trailers = trailersOf(rawTrailers);
  if (trailers.length > 0) response.addTrailers(trailers);
}

/** Never a clean end: to a client that reads until the end of the connection it would look like the whole answer. */
function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
  response.destroy();
}
