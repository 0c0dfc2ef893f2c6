import { performance } from "node:perf_hooks";
import { Pool } from "undici";
import { BodyCollector } from "../../lib/body-collector.ts";
import { messageOf } from "../../lib/errors.ts";
import { CANDIDATE_ROLE, HEADER, signRole } from "../../lib/wire.ts";
import { decodeBody } from "./decode-body.ts";
import type { HeaderList, Observation, System } from "../core/types.ts";

/** A read that the comparator asks of one system: the mirrored call, or the same read again. */
export type Question = {
  readonly system: System;
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderList;
  /** Signs the call with the candidate's role, which has no power to write. */
  readonly isCandidate: boolean;
  readonly capture: { readonly maxBytes: number; readonly isDigestOnly: boolean };
};

export type Answer =
  | { readonly kind: "answered"; readonly observation: Observation }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "undecodable" };

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

  async ask(question: Question): Promise<Answer> {
    const abort = new AbortController();
    let isTimeout = false;
    const timer = setTimeout(() => {
      isTimeout = true;
      abort.abort();
    }, this.#options.timeoutMs);
    try {
      return await this.#exchange(question, abort);
    } catch (error) {
      return isTimeout ? { kind: "timeout" } : { kind: "failed", reason: messageOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#pools.legacy.destroy(), this.#pools.nest.destroy()]);
  }

  async #exchange(question: Question, abort: AbortController): Promise<Answer> {
    const { system, method, target, capture } = question;
    const startedAt = performance.now();
    const response = await this.#pools[system].request({
      method,
      path: target,
      headers: this.#headersOf(question),
      signal: abort.signal,
      responseHeaders: "raw",
    });
    const collector = new BodyCollector(capture.isDigestOnly ? 0 : capture.maxBytes);
    for await (const chunk of response.body) {
      collector.push(chunk as Uint8Array);
      if (collector.length > capture.maxBytes * ABSURD_FACTOR && !capture.isDigestOnly)
        throw new Error(`the answer is longer than ${capture.maxBytes * ABSURD_FACTOR} bytes`);
    }
    const tookMs = performance.now() - startedAt;
    const headers = pairHeaders(response.headers as unknown as readonly (Buffer | string)[]);
    const body = decodeBody(collector.finish(), headers, capture.maxBytes);
    if (body === undefined) return { kind: "undecodable" };
    return { kind: "answered", observation: { system, status: response.statusCode, headers, body, tookMs } };
  }

  #headersOf({ headers, isCandidate, method, target }: Question): string[] {
    const flat = headers.flatMap(([name, value]) => [name, value]);
    if (isCandidate && this.#options.shadowSecret !== undefined) {
      const signature = signRole({ method, target, body: NO_BODY, atMs: Date.now() }, this.#options.shadowSecret);
      flat.push(HEADER.role, CANDIDATE_ROLE, HEADER.signature, signature);
    }
    return flat;
  }
}

function pairHeaders(raw: readonly (Buffer | string)[]): HeaderList {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) list.push([text(raw[index]), text(raw[index + 1])]);
  return list;
}

function text(value: Buffer | string | undefined): string {
  return typeof value === "string" ? value : (value?.toString("latin1") ?? "");
}
