import { Pool } from "undici";
import { codeOf, messageOf } from "../../lib/errors.ts";
import { signAgain, type RealtimeApp } from "./pusher-signature.ts";

/** The real server, and the app there that browsers are connected to. */
export type RealtimeTarget = { readonly origin: string; readonly app: RealtimeApp };

export type Call = {
  readonly method: string;
  /** Below `/apps/ID`. */
  readonly below: string;
  readonly query: string;
  readonly body: Uint8Array;
  readonly channels: readonly string[];
  /** Nobody waits for the answer any more: what was not sent yet will come again. */
  readonly isAbandoned: () => boolean;
};

export type ForwardAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly contentType: string; readonly body: Buffer }
  | { readonly kind: "failed"; readonly status: 502 | 504; readonly reason: string };

const TIMEOUT_MS = 10_000;
const CONNECTIONS = 64;
/** Short, so that no call meets a connection that the server is about to close: a call that was sent cannot be sent again. */
const KEEP_ALIVE_MS = 1_000;
/** Calls that wait for an earlier one on their channel; beyond it the order is the network's. */
const MAX_QUEUED = 10_000;

/** Hands calls to the real server, signed for its app, body byte for byte; on one channel one after the other, as they came. */
export class Forwarder {
  readonly #pool: Pool;
  readonly #app: RealtimeApp;
  readonly #tails = new Map<string, Promise<unknown>>();
  #queued = 0;

  constructor({ origin, app }: RealtimeTarget) {
    this.#app = app;
    this.#pool = new Pool(origin, {
      connections: CONNECTIONS,
      pipelining: 1,
      connectTimeout: TIMEOUT_MS,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
  }

  /** Never rejects. */
  async forward(call: Call): Promise<ForwardAnswer> {
    const before = call.channels.flatMap((channel) => this.#tails.get(channel) ?? []);
    if (before.length > 0 && this.#queued < MAX_QUEUED) return this.#keepOrder(call, this.#after(before, call));
    return this.#keepOrder(call, this.#send(call));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #after(before: readonly Promise<unknown>[], call: Call): Promise<ForwardAnswer> {
    this.#queued += 1;
    await Promise.all(before);
    this.#queued -= 1;
    return call.isAbandoned() ? { kind: "failed", status: 504, reason: "nobody waits for the answer any more" } : this.#send(call);
  }

  #keepOrder({ channels }: Call, answer: Promise<ForwardAnswer>): Promise<ForwardAnswer> {
    for (const channel of channels) this.#tails.set(channel, answer);
    void answer.then(() => {
      for (const channel of channels) if (this.#tails.get(channel) === answer) this.#tails.delete(channel);
    });
    return answer;
  }

  async #send({ method, below, query, body }: Call): Promise<ForwardAnswer> {
    const path = `/apps/${this.#app.id}${below}`;
    const signed = signAgain({ method, path, query, body }, this.#app, Date.now());
    try {
      const answer = await this.#pool.request({
        method,
        path: `${path}?${signed}`,
        headers: body.length === 0 ? {} : { "content-type": "application/json" },
        body: body.length === 0 ? null : body,
      });
      const contentType = answer.headers["content-type"];
      return {
        kind: "answered",
        status: answer.statusCode,
        contentType: typeof contentType === "string" ? contentType : "application/json",
        body: Buffer.from(await answer.body.arrayBuffer()),
      };
    } catch (error) {
      return { kind: "failed", status: codeOf(error)?.endsWith("TIMEOUT") === true ? 504 : 502, reason: codeOf(error) ?? messageOf(error) };
    }
  }
}
