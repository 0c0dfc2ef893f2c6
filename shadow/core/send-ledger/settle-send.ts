import { GUARD_WINDOW_MS, KEEP_MS, type SendState } from "./send-record.ts";

/** What came back from the owner. */
export type OwnerAnswer =
  /** `isInProgress`: the owner says that a send with this key is under way */
  | { readonly kind: "answered"; readonly status: number; readonly isInProgress: boolean }
  /** Not a byte of the request left. */
  | { readonly kind: "not-sent" }
  /** No answer, or a broken one, after the request began to leave. */
  | { readonly kind: "lost" };

export type SettledState = Exclude<SendState, "in-flight">;

/**
 * What an answer does to the record. A refusal frees the key only on the first attempt: a later one says what the owner
 * thinks now (a token that expired, a rate limit, a session that is gone), not what became of the first.
 */
export function settleSend(answer: OwnerAnswer, attempt: number): SettledState {
  const isFirst = attempt === 1;
  switch (answer.kind) {
    case "not-sent":
      return isFirst ? "released" : "unknown";
    case "lost":
      return "unknown";
    case "answered":
      if (answer.status < 400) return "completed";
      return answer.status < 500 && isFirst && !answer.isInProgress ? "released" : "unknown";
  }
}

export type Slot = {
  /** The slot stands for a payload in the window, not for a key of the client. */
  readonly isWindow: boolean;
  /** undefined: not known yet */
  readonly isDelivered: boolean | undefined;
};

/**
 * After how many milliseconds another send may take the slot of a settled one; undefined: not before somebody settles it.
 * In the window an answer that reached its client ends it: the same text a moment later is meant.
 */
export function freeAfterMs(state: SettledState, { isWindow, isDelivered }: Slot): number | undefined {
  if (state === "released") return 0;
  if (!isWindow) return state === "completed" ? KEEP_MS : undefined;
  return state === "completed" && isDelivered === true ? 0 : GUARD_WINDOW_MS;
}
