import { performance } from "node:perf_hooks";
import { Pool, type Dispatcher } from "undici";
import { BodyCollector } from "../../lib/body-collector.ts";
import { messageOf } from "../../lib/errors.ts";
import { CANDIDATE_ROLE, HEADER, signRole } from "../../lib/wire.ts";
import { headerValues } from "../core/media-type.ts";
import { decodeBody } from "./decode-body.ts";
import type { HeaderList, Observation, System } from "../core/types.ts";

/** A read that the comparator asks of one system: the mirrored call, or the same read again. */
export type Question = {
  readonly system: System;
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderList;
  readonly body?: Uint8Array;
  /** Signs the call with the candidate's role, which has no power to write. */
  readonly isCandidate: boolean;
  readonly capture: { readonly maxBytes: number; readonly isDigestOnly: boolean };
};

export type Answer =
  | { readonly kind: "answered"; readonly observation: Observation }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "timeout" };

export type AskerOptions = {
  readonly urls: Readonly<Record<System, string>>;
  readonly timeoutMs: number;
  readonly maxConnections: number;
  /** Absent: no role header is sent. */
  readonly shadowSecret: string | undefined;
};

const NO_BODY = new Uint8Array(0);
/** A body this many times over the cap is cut off: garbage must not keep the comparator busy. */
const ABSURD_FACTOR = 64;

/** Asks both systems over keep-alive connections of its own, with one timeout for the whole answer. */
export class Asker {
  readonly #pools: Readonly<Record<System, Pool>>;
  readonly #options: AskerOptions;

  constructor(options: AskerOptions) {
    this.#options = options;
    const open = (url: string): Pool =>
      new Pool(new URL(url).origin, { connections: options.maxConnections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
    this.#pools = { legacy: open(options.urls.legacy), nest: open(options.urls.nest) };
  }

  /** Never rejects. */
  ask(question: Question): Promise<Answer> {
    return new Promise((resolve) => {
      const { system, method, target, capture } = question;
      const maxLength = capture.isDigestOnly ? Infinity : capture.maxBytes * ABSURD_FACTOR;
      const tooLong: Answer = { kind: "failed", reason: `the answer is longer than ${maxLength} bytes` };
      const collector = new BodyCollector(capture.isDigestOnly ? 0 : capture.maxBytes);
      const startedAt = performance.now();
      let controller: Dispatcher.DispatchController | undefined;
      let status = 0;
      let headers: HeaderList = [];
      let isSettled = false;
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        isSettled = true;
        resolve(answer); // the first one counts
      };
      const giveUp = (answer: Answer): void => {
        settle(answer);
        controller?.abort(new Error("nobody waits for the answer any more"));
      };
      const timer = setTimeout(() => giveUp({ kind: "timeout" }), this.#options.timeoutMs);
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: (started) => {
          controller = started;
          if (isSettled) started.abort(new Error("nobody waits for the answer any more"));
        },
        onResponseStart: (current, statusCode) => {
          if (statusCode < 200) return;
          status = statusCode;
          headers = pairHeaders((current.rawHeaders ?? []) as readonly (Buffer | string)[]);
          if (Number(headerValues(headers, "content-length")?.[0] ?? 0) > maxLength && method !== "HEAD") giveUp(tooLong);
        },
        onResponseData: (_current, chunk) => {
          collector.push(chunk);
          if (collector.length > maxLength) giveUp(tooLong);
        },
        onResponseEnd: () => {
          const tookMs = performance.now() - startedAt;
          const body = decodeBody(collector.finish(), headers, capture.maxBytes);
          settle({ kind: "answered", observation: { system, status, headers, body, tookMs } });
        },
        onResponseError: (_controller, error) => settle({ kind: "failed", reason: messageOf(error) }),
      };
      try {
        this.#pools[system].dispatch({ path: target, method, headers: this.#headersOf(question), ...bodyOf(question) }, handler);
      } catch (error) {
        settle({ kind: "failed", reason: messageOf(error) });
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#pools.legacy.destroy(), this.#pools.nest.destroy()]);
  }

  #headersOf({ headers, isCandidate, method, target, body = NO_BODY }: Question): string[] {
    const flat = headers.flatMap(([name, value]) => [name, value]);
    if (isCandidate && this.#options.shadowSecret !== undefined) {
      const signature = signRole({ method, target, body, atMs: Date.now() }, this.#options.shadowSecret);
      flat.push(HEADER.role, CANDIDATE_ROLE, HEADER.signature, signature);
    }
    return flat;
  }
}

/** What came from another thread is plain bytes again. */
function bodyOf({ body }: Question): { readonly body?: Buffer } {
  return body === undefined ? {} : { body: Buffer.from(body) };
}

function pairHeaders(raw: readonly (Buffer | string)[]): HeaderList {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) list.push([text(raw[index]), text(raw[index + 1])]);
  return list;
}

function text(value: Buffer | string | undefined): string {
  return typeof value === "string" ? value : (value?.toString("latin1") ?? "");
}
