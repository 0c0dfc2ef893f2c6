import { ended, lost, replaced } from "./after-close.ts";
import { backOffMs } from "./back-off.ts";
import { judgeClose } from "./close.ts";
import type { SessionEffect, SessionEvent, SessionState, StateReport, Step, StopReason } from "./state.ts";

/** The life of one session's socket: state and event give the next state and what has to be done. Pure (contract 4.2). */

/** An event that makes no sense in a state changes nothing: sockets and people say what they like. */
export function nextStep(state: SessionState, event: SessionEvent): Step {
  if (state.phase === "finished") return [state, []];
  switch (event.type) {
    case "start":
      return state.phase === "idle" ? start(state, event.isPaired) : [state, []];
    case "code":
      return hasSocket(state) && !state.isPaired ? [{ ...state, phase: "pairing" }, [{ ...event, type: "showCode" }]] : [state, []];
    case "paired":
      return [{ ...state, isPaired: true }, []];
    case "opened":
      return hasSocket(state) ? opened(state, event) : [state, []];
    case "named":
      return state.phase === "open" ? [state, [connected(event)]] : [state, []];
    case "closed":
      return hasSocket(state) ? closed(state, event) : [state, []];
    case "retryDue":
      return state.phase === "waiting" ? [{ ...state, phase: "connecting" }, [{ type: "connect" }]] : [state, []];
    case "pairingChanged":
      return state.phase === "pairing"
        ? [{ ...state, phase: "connecting" }, [{ type: "end" }, connecting(state, undefined), { type: "connect" }]]
        : [state, []];
    case "stop":
      return stop(state, event.reason);
  }
}

function hasSocket({ phase }: SessionState): boolean {
  return phase === "connecting" || phase === "pairing" || phase === "open";
}

function start(state: SessionState, isPaired: boolean): Step {
  const next: SessionState = { ...state, phase: "connecting", isPaired };
  return [next, [connecting(next, undefined), { type: "connect" }]];
}

function opened(state: SessionState, event: Extract<SessionEvent, { type: "opened" }>): Step {
  return [{ ...state, phase: "open", isPaired: true, restarts: 0 }, [connected(event)]];
}

function connected({ phoneNumber, accountName }: Pick<StateReport, "phoneNumber" | "accountName">): SessionEffect {
  return {
    type: "report",
    report: { status: "CONNECTED", reconnectAttempts: 0, phoneNumber: phoneNumber ?? null, accountName: accountName ?? null },
  };
}

/** A connection that held for this long starts a new count of failures. */
const STABLE_AFTER_MS = 30_000;
/** A conflict is held against a session for longer: two clients may take turns. */
const PEACEFUL_AFTER_MS = 600_000;

function closed(state: SessionState, event: Extract<SessionEvent, { type: "closed" }>): Step {
  const { close, openForMs, random } = event;
  const known: SessionState = {
    ...state,
    ...(openForMs >= STABLE_AFTER_MS ? { attempts: 0, badCloses: 0 } : {}),
    ...(openForMs >= PEACEFUL_AFTER_MS ? { conflicts: 0 } : {}),
  };
  const waitFor = (attempt: number) => backOffMs(attempt, random);
  const code = close.code;
  switch (judgeClose(close)) {
    case "restart":
      return restart(known, waitFor);
    case "lost":
      return lost(known, waitFor);
    case "bad":
      return lost({ ...known, badCloses: known.badCloses + 1 }, waitFor, code);
    case "replaced":
      return replaced(known, event.isLeaseLive, waitFor);
    case "codes_used_up":
      return ended(known, { status: "DISCONNECTED", reason: "qr_timeout", code, message: "Nobody scanned the code in time" });
    case "logged_out":
      return ended(known, { status: "DISCONNECTED", reason: "logged_out", code, message: "The phone logged this device out" });
    case "pairing_invalid":
      return ended(known, { status: "DISCONNECTED", reason: "pairing_invalid", code, message: "WhatsApp no longer accepts this pairing" });
    case "banned":
      return ended(known, { status: "ERROR", reason: "banned", code, message: "WhatsApp has blocked this account" });
    case "outdated":
      return ended(known, { status: "ERROR", reason: "client_outdated", code, message: "WhatsApp refuses this version of the client" });
  }
}

/** WhatsApp asks for it once after pairing. Asked again and again it is a loop like any other. */
const IMMEDIATE_RESTARTS = 3;

function restart(state: SessionState, waitFor: (attempt: number) => number): Step {
  const restarts = state.restarts + 1;
  const again: SessionState = { ...state, restarts };
  const report = connecting(again, "restart_required");
  if (restarts <= IMMEDIATE_RESTARTS) return [{ ...again, phase: "connecting" }, [report, { type: "connect" }]];
  return [{ ...again, phase: "waiting" }, [report, { type: "wait", ms: waitFor(restarts - IMMEDIATE_RESTARTS) }]];
}

function connecting({ attempts }: SessionState, reason: string | undefined): SessionEffect {
  return { type: "report", report: { status: "CONNECTING", reconnectAttempts: attempts, ...(reason === undefined ? {} : { reason }) } };
}

function stop(state: SessionState, reason: StopReason): Step {
  const silence: SessionEffect = reason === "deleted" && state.phase === "open" ? { type: "logout" } : { type: "end" };
  const finished: SessionState = { ...state, phase: "finished" };
  const effects: SessionEffect[] = [{ type: "stopWaiting" }, silence];
  // Another worker owns a lost lease, and speaks for the session.
  if (reason === "stopped_by_user") effects.push({ type: "report", report: { status: "DISCONNECTED", reason, reconnectAttempts: 0 } });
  // In the contract's words (4.2): the next worker connects at once, as after a restart.
  if (reason === "handed_over") effects.push(connecting(state, "restart_required"));
  return [finished, [...effects, { type: "finish" }]];
}
