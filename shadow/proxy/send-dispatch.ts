import { performance } from "node:perf_hooks";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { endToEnd, pairs } from "./headers.ts";
import type { KeptAnswer } from "./send-answers.ts";

/** Nobody's answer to a send is longer; one that is cannot be kept, and is cut. */
const MAX_ANSWER_BYTES = 4 * 1_048_576;

export type Dispatched =
  | { readonly kind: "answered"; readonly answer: KeptAnswer; readonly tookMs: number }
  | { readonly kind: "not-sent"; readonly error: Error }
  | { readonly kind: "lost"; readonly error: Error };

export type SendCall = {
  /** Opens a connection of its own for each send: on one that is kept alive nobody can tell whether the owner read the last request. */
  readonly dispatcher: Pick<Dispatcher, "dispatch">;
  readonly method: Dispatcher.HttpMethod;
  readonly target: string;
  /** In turn: name, value. */
  readonly headers: string[];
  readonly body: Buffer | Readable;
};

/** Hands a send to its owner and waits for the whole answer, also when the client goes away meanwhile. Never rejects. */
export function dispatchSend({ dispatcher, method, target, headers, body }: SendCall): Promise<Dispatched> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const chunks: Buffer[] = [];
    let length = 0;
    let hasStarted = false;
    let head: Omit<KeptAnswer, "body"> = { status: 0, reason: "", headers: [] };
    const fail = (error: Error): void => resolve({ kind: hasStarted ? "lost" : "not-sent", error });
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => void (hasStarted = true),
      onResponseStart: (controller, status, _headers, reason = "") => {
        if (status < 200) return;
        head = { status, reason: Buffer.from(reason, "utf8").toString("latin1"), headers: endToEnd(pairs(controller.rawHeaders)) };
      },
      onResponseData: (controller, chunk) => {
        length += chunk.length;
        if (length > MAX_ANSWER_BYTES) controller.abort(new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`));
        else chunks.push(chunk);
      },
      onResponseEnd: () => resolve({ kind: "answered", answer: { ...head, body: Buffer.concat(chunks) }, tookMs: performance.now() - startedAt }),
      onResponseError: (_controller, error) => fail(error),
    };
    try {
      dispatcher.dispatch({ path: target, method, headers, body }, handler);
    } catch (error) {
      fail(error as Error);
    }
  });
}
