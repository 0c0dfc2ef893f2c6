import { Pool } from "undici";
import { z } from "zod";
import { codeOf } from "../../lib/errors.ts";
import { CANDIDATE_ROLE, HEADER, signRole } from "../../lib/wire.ts";
import type { Emission } from "../core/emissions/emission.ts";
import type { Derivation } from "../core/emissions/judge-derivation.ts";
import { emittedAtOf, membersOf } from "./payload.ts";

export type RederivationOptions = {
  /** Of nest. */
  readonly url: string;
  readonly path: string;
  readonly timeoutMs: number;
  readonly maxConnections: number;
  /** Absent: no role header is sent, and nest does not know the endpoint. */
  readonly shadowSecret: string | undefined;
};

export type DerivationAnswer =
  | { readonly kind: "answered"; readonly derivation: Derivation; readonly tookMs: number }
  /** Nest does not offer it, or did not a moment ago. */
  | { readonly kind: "off" }
  | { readonly kind: "failed"; readonly reason: string };

const OFF_FOR_MS = 60_000;

const reply = z.object({
  outcome: z.enum(["derived", "unknown-event", "fact-not-found", "not-derivable"]),
  emission: z.object({ channels: z.array(z.string()), event: z.string(), data: z.looseObject({}) }).nullish(),
  asOf: z.string().nullish(),
});

/** Asks nest what it would have emitted for a fact that legacy told. */
export class Rederivation {
  readonly #options: RederivationOptions;
  readonly #pool: Pool;
  #offUntilMs = 0;

  constructor(options: RederivationOptions) {
    this.#options = options;
    this.#pool = new Pool(new URL(options.url).origin, { connections: options.maxConnections, pipelining: 1 });
  }

  /** Never rejects. A 404 turns it off; it is tried again now and then. */
  async ask(emission: Emission): Promise<DerivationAnswer> {
    const startedMs = Date.now();
    if (startedMs < this.#offUntilMs) return { kind: "off" };
    try {
      const answer = await this.#request(emission, startedMs);
      if (answer.status === 404) {
        this.#offUntilMs = Date.now() + OFF_FOR_MS;
        return { kind: "off" };
      }
      if (answer.status !== 200) return { kind: "failed", reason: `status ${answer.status}` };
      return { kind: "answered", derivation: toDerivation(answer.text), tookMs: Date.now() - startedMs };
    } catch (error) {
      return { kind: "failed", reason: codeOf(error) ?? (error instanceof z.ZodError ? "unexpected answer" : "no answer") };
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #request(emission: Emission, nowMs: number): Promise<{ readonly status: number; readonly text: string }> {
    const { path, timeoutMs, shadowSecret } = this.#options;
    const body = bodyOf(emission);
    const signature = (secret: string): string => signRole({ method: "POST", target: path, body, atMs: nowMs }, secret);
    const role = shadowSecret === undefined ? {} : { [HEADER.role]: CANDIDATE_ROLE, [HEADER.signature]: signature(shadowSecret) };
    const answer = await this.#pool.request({
      method: "POST",
      path,
      body,
      headers: { "content-type": "application/json", ...role },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  }
}

function bodyOf(emission: Emission): Buffer {
  const data = membersOf(emission.data);
  return Buffer.from(JSON.stringify({ channels: [emission.channel], event: emission.event, data, emittedAt: emittedAtOf(data, emission) }));
}

/** Throws `ZodError` on an answer of another shape. */
function toDerivation(text: string): Derivation {
  const { outcome, emission, asOf } = reply.parse(parse(text));
  const asOfMs = Date.parse(asOf ?? "");
  return { outcome, ...(emission === undefined || emission === null ? {} : { emission }), ...(Number.isNaN(asOfMs) ? {} : { asOf: asOfMs }) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
