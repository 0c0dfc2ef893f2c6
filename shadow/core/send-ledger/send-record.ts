import type { System } from "../types.ts";

/**
 * in-flight: handed to the owner, its answer is due. completed: the owner took it. released: nothing happened, the key is
 * free. unknown: it may have happened, and nobody here can say.
 */
export const SEND_STATES = ["in-flight", "completed", "released", "unknown"] as const;
export type SendState = (typeof SEND_STATES)[number];

/** What the ledger knows of the send that holds a slot: a key of one user at one endpoint, or a payload in the window. */
export type SendRecord = {
  /** of this send; another one that takes the slot later has another */
  readonly id: string;
  readonly state: SendState;
  /** The system that first took it. It stays with it, whatever is flipped. */
  readonly owner: System;
  /** How often it was handed to the owner; fences answers that come late. */
  readonly attempt: number;
  /** undefined: not known, because the body was still streaming, or it was made with another ledger key. */
  readonly fingerprint: string | undefined;
  /** Past it, an in-flight send has lost the proxy that held it. */
  readonly leaseUntilMs: number;
  /** From then on another send may take the slot; undefined: not before somebody settles this one. */
  readonly freeAtMs: number | undefined;
  /** The answer is there to be replayed. */
  readonly hasAnswer: boolean;
};

/** A proxy that says nothing for so long has lost its sends. */
export const LEASE_MS = 8_000;
/** Three of these fit into a lease. */
export const HEARTBEAT_MS = 2_000;
/** How long an answer can be replayed; a key that comes back later begins anew. */
export const KEEP_MS = 24 * 3_600_000;
/** How long an answer that never reached its client stands for the next send of the same payload without a key. */
export const GUARD_WINDOW_MS = 120_000;
/** How long a second click waits for the first one's answer. */
export const GUARD_WAIT_MS = 10_000;
