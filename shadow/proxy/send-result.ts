import { HEADER } from "../../lib/wire.ts";
import type { BeginDecision } from "../core/send-ledger/begin-send.ts";
import { freeAfterMs, type OwnerAnswer, type SettledState } from "../core/send-ledger/settle-send.ts";
import type { Completion, Settlement, SendStore } from "../store/send-store.ts";
import type { Dispatched } from "./send-dispatch.ts";
import type { SendOutcome } from "./send-types.ts";

const MAX_ERROR = 200;
const CONFLICT = 409;

/** What the ledger is told of a call. A form whose end was held back cannot have been read. */
export function toOwnerAnswer(result: Dispatched, isFormCut: boolean): OwnerAnswer {
  if (result.kind !== "answered") return { kind: isFormCut ? "not-sent" : result.kind };
  const { status, headers } = result.answer;
  return { kind: "answered", status, isInProgress: status === CONFLICT && headers.some(([name]) => name.toLowerCase() === "retry-after") };
}

/** The last thing the owner said, or why it said nothing. */
export function saidBy(result: Dispatched): { readonly status: number | undefined; readonly error: string | undefined } {
  if (result.kind === "answered") return { status: result.answer.status, error: undefined };
  return { status: undefined, error: result.error.message.slice(0, MAX_ERROR) };
}

/** How a call that was made is counted. */
export function countsOf(decision: BeginDecision, state: SettledState, result: Dispatched): readonly SendOutcome[] {
  if (decision === "fetch-answer") return state === "completed" ? ["replayed", "duplicatesPrevented"] : [];
  if (state === "completed") return ["accepted"];
  if (state === "unknown") return decision === "take" ? ["unknown"] : [];
  return [result.kind === "answered" ? "refused" : "unsent"];
}

/** What of the client's headers the proxy says in its own words. */
export const REPLACED: ReadonlySet<string> = new Set(["content-length", "expect", HEADER.idempotencyKey, HEADER.requestId]);

/** What is to be written of a send that was settled. */
export type SettledSend = Omit<Settlement & Completion, "freeAfterMs"> & { readonly isWindow: boolean };

export const UNSAID = { status: undefined, answer: undefined, fingerprint: undefined } as const;

/** Writes it into the ledger, as often as need be: the second time changes nothing. */
export function toWrite({ isWindow, ...settled }: SettledSend): (store: Pick<SendStore, "complete" | "settle">) => Promise<void> {
  const freeAfter = freeAfterMs(settled.state, { isWindow, isDelivered: undefined });
  return (store) =>
    settled.state === "completed" ? store.complete({ ...settled, freeAfterMs: freeAfter }) : store.settle({ ...settled, freeAfterMs: freeAfter });
}
