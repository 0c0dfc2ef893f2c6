import type { ServerResponse } from "node:http";
import { HEADER } from "../../lib/wire.ts";
import type { HeaderList } from "../core/types.ts";

/** An owner's answer as the ledger keeps it. */
export type KeptAnswer = { readonly status: number; readonly reason: string; readonly headers: HeaderList; readonly body: Uint8Array };

export type SendRefusal = { readonly status: number; readonly error: string; readonly code: string; readonly retryAfterS?: number };

/** The proxy's own answers to sends. No system was asked, and nothing is on record because of this request. */
export const SEND_REFUSALS = {
  key: { status: 400, code: "SEND_KEY_INVALID", error: "Idempotency-Key is invalid" },
  body: { status: 400, code: "SEND_BODY_INVALID", error: "Invalid JSON body" },
  inFlight: { status: 409, code: "SEND_IN_FLIGHT", error: "A request with this Idempotency-Key is in progress", retryAfterS: 1 },
  unknown: { status: 409, code: "SEND_UNKNOWN", error: "The outcome of this send is unknown" },
  answerLost: { status: 409, code: "SEND_ANSWER_LOST", error: "This send was made; its answer is not kept any more" },
  mismatch: { status: 422, code: "SEND_KEY_REUSED", error: "Idempotency-Key was used with another request" },
  tooLarge: { status: 413, code: "SEND_TOO_LARGE", error: "Payload too large" },
  store: { status: 503, code: "SEND_STORE_DOWN", error: "Service unavailable", retryAfterS: 5 },
} as const satisfies Record<string, SendRefusal>;

/** Contract 1.4: `details` is the id to ask about, where there is something to ask. */
export function refuseSend(response: ServerResponse, { status, error, retryAfterS }: SendRefusal, details?: string): void {
  if (response.headersSent || response.destroyed) return;
  const body = JSON.stringify(details === undefined ? { error } : { error, details });
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) }),
    ...(details === undefined ? {} : { [HEADER.requestId]: details }),
  });
  response.end(body);
}

/** Of one answer, not of the message: the repeated one has its own. */
const NOT_KEPT: ReadonlySet<string> = new Set(["date", "set-cookie", HEADER.idempotentReplayed, "age", "content-length"]);

export function keepable(answer: KeptAnswer): KeptAnswer {
  return { ...answer, headers: answer.headers.filter(([name]) => !NOT_KEPT.has(name.toLowerCase())) };
}

/** The first answer again, byte for byte, marked as such. Resolves true when it reached the client. */
export function replayAnswer(response: ServerResponse, { status, reason, headers, body }: KeptAnswer, requestId: string): Promise<boolean> {
  const own = headers.map(([name, value]) => [name, name.toLowerCase() === HEADER.requestId ? requestId : value] as const);
  return writeAnswer(response, { status, reason, headers: [...own, ["idempotent-replayed", "true"]], body });
}

/** Writes a whole answer. Resolves true when it was handed to a connection that stood until the end. */
export function writeAnswer(response: ServerResponse, { status, reason, headers, body }: KeptAnswer): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.destroyed || response.socket?.destroyed === true) return resolve(false);
    response.once("close", () => resolve(response.writableFinished));
    response.sendDate = !headers.some(([name]) => name.toLowerCase() === "date");
    const length = headers.some(([name]) => name.toLowerCase() === "content-length") ? [] : [["content-length", String(body.length)] as const];
    response.writeHead(status, reason, [...headers, ...length].flat());
    response.end(body);
  });
}

/** Kept as text of the head, a zero byte, and the body. */
export function packAnswer({ status, reason, headers, body }: KeptAnswer): Uint8Array {
  return Buffer.concat([Buffer.from(JSON.stringify({ status, reason, headers })), Buffer.of(0), body]);
}

export function unpackAnswer(packed: Uint8Array): KeptAnswer {
  const end = packed.indexOf(0);
  const head = JSON.parse(Buffer.from(packed.subarray(0, end)).toString("utf8")) as Omit<KeptAnswer, "body">;
  return { ...head, body: packed.subarray(end + 1) };
}
