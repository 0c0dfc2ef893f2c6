import type { Close } from "./close.ts";

/** What one session's socket can be in, hear and ask for. Pure. */

export type SessionState = {
  /** `idle` before the start, `waiting` between two sockets, `finished` for good. */
  readonly phase: "idle" | "connecting" | "pairing" | "open" | "waiting" | "finished";
  /** The device belongs to an account. */
  readonly isPaired: boolean;
  /** Connections lost in a row; told as reconnectAttempts. */
  readonly attempts: number;
  /** Closed in a way that may never heal, in a row. */
  readonly badCloses: number;
  /** Times WhatsApp said that another client took over. */
  readonly conflicts: number;
  /** Restarts WhatsApp asked for, in a row. */
  readonly restarts: number;
};

/** Why a session's socket is ended from outside. */
export type StopReason = "stopped_by_user" | "deleted" | "handed_over" | "lease_lost";

export type SessionEvent =
  | { readonly type: "start"; readonly isPaired: boolean }
  | { readonly type: "code"; readonly kind: "qr" | "pairing"; readonly text: string }
  | { readonly type: "paired" }
  | { readonly type: "opened"; readonly phoneNumber: string | null; readonly accountName: string | null }
  /** The account's name was learnt, or changed. */
  | { readonly type: "named"; readonly phoneNumber: string | null; readonly accountName: string }
  | {
      readonly type: "closed";
      readonly close: Close;
      /** How long the socket had been open; 0 when it never was. */
      readonly openForMs: number;
      /** Whether the session's lease is (still) ours. */
      readonly isLeaseLive: boolean;
      /** From 0 to 1. */
      readonly random: number;
    }
  | { readonly type: "retryDue" }
  /** Somebody asked for the other way of pairing. */
  | { readonly type: "pairingChanged" }
  | { readonly type: "stop"; readonly reason: StopReason };

export type StateReport = {
  readonly status: "CONNECTING" | "CONNECTED" | "DISCONNECTED" | "ERROR";
  readonly reason?: string;
  readonly code?: number;
  readonly message?: string;
  readonly reconnectAttempts: number;
  readonly phoneNumber?: string | null;
  readonly accountName?: string | null;
};

export type SessionEffect =
  | { readonly type: "connect" }
  /** Ends the socket; what it still says is ignored. */
  | { readonly type: "end" }
  | { readonly type: "logout" }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "stopWaiting" }
  | { readonly type: "report"; readonly report: StateReport }
  | { readonly type: "showCode"; readonly kind: "qr" | "pairing"; readonly text: string }
  | { readonly type: "wipeCredentials" }
  /** Somebody must look at it. */
  | { readonly type: "alert"; readonly reason: string }
  /** Nothing more is done; the lease goes back once what was reported has arrived. */
  | { readonly type: "finish" };

export const INITIAL_STATE: SessionState = {
  phase: "idle",
  isPaired: false,
  attempts: 0,
  badCloses: 0,
  conflicts: 0,
  restarts: 0,
};

/** The next state, and what has to be done, in this order. */
export type Step = readonly [SessionState, readonly SessionEffect[]];
