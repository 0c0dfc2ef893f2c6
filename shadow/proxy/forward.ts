import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import type { Dispatcher } from "undici";
import type { BodyCollector } from "../../lib/body-collector.ts";
import type { HeaderList } from "../core/types.ts";
import { endToEnd } from "./headers.ts";

export type Forwarding = {
  readonly dispatcher: Dispatcher;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
  readonly headers: HeaderList;
  /** Sees every chunk on its way to the client. */
  readonly tee: BodyCollector | undefined;
};

/** How it ended, seen from the proxy. Nothing of the answer has reached the client when a failure says so. */
export type Forwarded =
  | { readonly kind: "answered"; readonly status: number; readonly headers: HeaderList; readonly tookMs: number }
  | { readonly kind: "client-gone" }
  | { readonly kind: "failed"; readonly error: Error; readonly isUnanswered: boolean };

/**
 * Streams one request to a system and its answer back: no retries, no buffering, back-pressure both ways. A client that goes
 * away cancels the call; an answer that breaks off resets the client rather than end cleanly.
 */
export function forward({ dispatcher, request, response, target, headers, tee }: Forwarding): Promise<Forwarded> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let answered: HeaderList = [];
    let isSettled = false;

    const settle = (result: Forwarded): void => {
      if (isSettled) return;
      isSettled = true;
      response.off("close", onClose);
      response.off("drain", onDrain);
      resolve(result);
    };
    const onClose = (): void => {
      if (response.writableFinished) return;
      settle({ kind: "client-gone" });
      controller?.abort(new Error("the client went away"));
    };
    const onDrain = (): void => controller?.resume();
    response.on("close", onClose);
    response.on("drain", onDrain);

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: (started) => {
        controller = started;
        if (isSettled) started.abort(new Error("the client went away"));
      },
      onResponseStart: (current, statusCode, _headers, statusMessage = "") => {
        if (statusCode < 200) return;
        controller = current;
        status = statusCode;
        answered = endToEnd((current.rawHeaders ?? []) as readonly (string | Buffer)[]);
        response.sendDate = false;
        response.writeHead(statusCode, statusMessage, answered.flat());
      },
      onResponseData: (current, chunk) => {
        tee?.push(chunk);
        if (!response.write(chunk)) current.pause();
      },
      onResponseEnd: (current) => {
        addTrailers(response, current);
        const tookMs = performance.now() - startedAt;
        response.end(() => settle({ kind: "answered", status, headers: answered, tookMs }));
      },
      onResponseError: (_controller, error) => {
        const isUnanswered = !response.headersSent;
        if (!isUnanswered) response.destroy();
        settle({ kind: "failed", error, isUnanswered });
      },
    };
    try {
      dispatcher.dispatch(
        { path: target, method: request.method as "GET", headers: headers.flat(), body: hasBody(request) ? request : null },
        handler,
      );
    } catch (error) {
      settle({ kind: "failed", error: error as Error, isUnanswered: !response.headersSent });
    }
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] !== undefined && headers["content-length"] !== "0");
}

function addTrailers(response: ServerResponse, { rawTrailers }: Dispatcher.DispatchController): void {
  if (!Array.isArray(rawTrailers) || rawTrailers.length === 0) return;
  const flat = (rawTrailers as readonly (string | Buffer)[]).map(String);
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) pairs.push([flat[index] ?? "", flat[index + 1] ?? ""]);
  response.addTrailers(pairs);
}
