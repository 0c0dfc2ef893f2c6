import type { SessionEffect, SessionState, StateReport, Step } from "./state.ts";

/** What follows when a socket closed by itself. Pure. */

/** Closed in a way that may never heal: this often in a row, and nobody tries again. */
const MAX_BAD_CLOSES = 5;
/** A pairing nobody completes is given up after so many lost connections. */
const MAX_PAIRING_ATTEMPTS = 5;
/** Another client took over although the lease is ours: it may have been our own last socket, once. */
const MAX_CONFLICTS = 1;

type Ending = {
  readonly status: "DISCONNECTED" | "ERROR";
  readonly reason: string;
  readonly code: number | undefined;
  readonly message: string;
};

/** Nobody tries again before a person connects the session. */
export function ended(state: SessionState, { status, reason, code, message }: Ending): Step {
  const report: StateReport = { status, reason, message, reconnectAttempts: state.attempts, ...(code === undefined ? {} : { code }) };
  const effects: SessionEffect[] = [];
  if (reason === "logged_out" || reason === "pairing_invalid") effects.push({ type: "wipeCredentials" });
  if (status === "ERROR") effects.push({ type: "alert", reason });
  return [{ ...state, phase: "finished" }, [...effects, { type: "report", report }, { type: "finish" }]];
}

/** Tried again, later and later. */
export function lost(state: SessionState, waitFor: (attempt: number) => number, badCode?: number): Step {
  if (state.badCloses >= MAX_BAD_CLOSES)
    return ended(state, { status: "ERROR", reason: "bad_session", code: badCode, message: "WhatsApp keeps closing this session" });
  const attempts = state.attempts + 1;
  if (!state.isPaired && attempts > MAX_PAIRING_ATTEMPTS)
    return ended(state, { status: "DISCONNECTED", reason: "qr_timeout", code: badCode, message: "The pairing could not be completed" });
  return again({ ...state, attempts }, "connection_lost", waitFor(attempts));
}

/** Never fought over: with a live lease one retry, else another worker owns the session and speaks for it. */
export function replaced(state: SessionState, isLeaseLive: boolean, waitFor: (attempt: number) => number): Step {
  if (!isLeaseLive) return [{ ...state, phase: "finished" }, [{ type: "finish" }]];
  const conflicts = state.conflicts + 1;
  if (conflicts > MAX_CONFLICTS) return ended(state, { status: "ERROR", reason: "replaced", code: 440, message: "Another client uses this session" });
  const attempts = state.attempts + 1;
  return again({ ...state, conflicts, attempts }, "replaced", waitFor(attempts));
}

function again(state: SessionState, reason: string, ms: number): Step {
  const report: StateReport = { status: "CONNECTING", reason, reconnectAttempts: state.attempts };
  return [
    { ...state, phase: "waiting" },
    [
      { type: "report", report },
      { type: "wait", ms },
    ],
  ];
}
