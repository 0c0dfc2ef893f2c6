import type { Dispatcher } from "undici";
import { CANDIDATE_ROLE, HEADER, signRole } from "../../lib/wire.ts";
import { spellKey } from "../core/send-ledger/idempotency-key.ts";
import { freeAfterMs } from "../core/send-ledger/settle-send.ts";
import type { HeaderList } from "../core/types.ts";
import type { SendStore } from "../store/send-store.ts";
import { dispatchSend } from "./send-dispatch.ts";
import type { FormDescription } from "./send-form.ts";

export type LookupOptions = {
  readonly store: () => SendStore | undefined;
  /** Nest, which answers dry runs. */
  readonly dispatcher: Pick<Dispatcher, "dispatch">;
  readonly target: string;
  readonly secret: string;
  readonly onError: (error: unknown) => void;
};

/** A send of unknown fate, with what it takes to ask for it. Credentials and texts: in memory only. */
export type LostSend = {
  readonly id: string;
  readonly key: string;
  readonly endpoint: string;
  readonly isWindow: boolean;
  readonly headers: HeaderList;
  readonly description: FormDescription;
};

type Waiting = LostSend & { dueAtMs: number; pauseMs: number; readonly untilMs: number };

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
const LOOK_FOR_MS = 10 * 60_000;
const TICK_MS = 500;
/** Beyond it the oldest are left to their clients and to people. */
const MAX_WAITING = 500;
/** What a dry run needs of the client's headers: who it is. */
const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "cookie", "origin", "host", "sec-fetch-site", HEADER.requestId]);

/**
 * Looks for sends whose answer was lost: a dry run with their key is told of an answer, and of nothing that would be enqueued,
 * exactly when the send is there (contract 4.4, 3.6). Only ever settles as sent: that a row is not there yet proves nothing.
 */
export class SendLookup {
  readonly #options: LookupOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  constructor(options: LookupOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), TICK_MS);
    this.#timer.unref();
  }

  add(send: LostSend): void {
    if (this.#waiting.size >= MAX_WAITING) this.#waiting.delete(this.#waiting.keys().next().value ?? "");
    const nowMs = Date.now();
    this.#waiting.set(send.id, { ...send, dueAtMs: nowMs + FIRST_PAUSE_MS, pauseMs: FIRST_PAUSE_MS, untilMs: nowMs + LOOK_FOR_MS });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const nowMs = Date.now();
    for (const send of [...this.#waiting.values()].filter(({ dueAtMs }) => dueAtMs <= nowMs)) {
      send.pauseMs = Math.min(MAX_PAUSE_MS, send.pauseMs * 2);
      send.dueAtMs = nowMs + send.pauseMs;
      if (send.untilMs < nowMs || (await this.#settle(send))) this.#waiting.delete(send.id);
    }
    this.#isLooking = false;
  }

  /** True when it is settled. */
  async #settle(send: LostSend): Promise<boolean> {
    const store = this.#options.store();
    if (store === undefined || !(await this.#isThere(send))) return false;
    const freeAfter = freeAfterMs("completed", { isWindow: send.isWindow, isDelivered: undefined });
    try {
      const found = { status: undefined, error: "found at its owner", answer: undefined, fingerprint: undefined };
      await store.complete({ id: send.id, freeAfterMs: freeAfter, ...found });
      return true;
    } catch (error) {
      this.#options.onError(error);
      return false;
    }
  }

  async #isThere({ endpoint, description, key, headers }: LostSend): Promise<boolean> {
    const { dispatcher, target, secret } = this.#options;
    const body = Buffer.from(JSON.stringify({ endpoint, ...description, idempotencyKey: spellKey(key) }));
    const own = headers.filter(([name]) => CREDENTIALS.has(name.toLowerCase())).flat();
    const signature = signRole({ method: "POST", target, body, atMs: Date.now() }, secret);
    const ours = [
      "content-type",
      "application/json",
      "content-length",
      String(body.length),
      HEADER.role,
      CANDIDATE_ROLE,
      HEADER.signature,
      signature,
    ];
    const result = await dispatchSend({ dispatcher, method: "POST", target, headers: [...own, ...ours], body });
    if (result.kind !== "answered" || result.answer.status !== 200) return false;
    try {
      const reply = JSON.parse(Buffer.from(result.answer.body).toString("utf8")) as { verdict: { status: number }; wouldEnqueue: unknown };
      return reply.verdict.status === 200 && reply.wouldEnqueue === null;
    } catch {
      return false;
    }
  }
}
