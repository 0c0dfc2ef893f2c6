import type { System } from "../types.ts";
import type { SendRecord } from "./send-record.ts";

/** Somebody wants to send under a slot. */
export type SendAsk = {
  /** undefined: the body has not been read yet */
  readonly fingerprint: string | undefined;
  /** by the clock that the record's times are of */
  readonly nowMs: number;
  readonly honoursKey: (owner: System) => boolean;
};

export type BeginDecision =
  /** The slot is free: this send may take it. */
  | "take"
  /** The slot is due to be free, but the send that holds it must stay on record: put it aside, then take. */
  | "put-aside"
  /** The same send again, its fate unknown: its owner settles it when asked with the same key. */
  | "ask-again"
  /** The same send again, done; the owner repeats the answer that is not kept here. */
  | "fetch-answer"
  | "replay"
  | "refuse-in-flight"
  | "refuse-mismatch"
  | "refuse-unknown"
  /** Done, and nobody can repeat its answer. */
  | "refuse-answer-lost";

/** What to do with a send whose slot holds this record. Total; `take` only where no other send can still happen. */
export function beginSend(record: SendRecord | undefined, ask: SendAsk): BeginDecision {
  if (record === undefined || record.state === "released") return "take";
  if (record.freeAtMs !== undefined && record.freeAtMs <= ask.nowMs) return record.state === "completed" ? "take" : "put-aside";
  const isOther = record.fingerprint !== undefined && ask.fingerprint !== undefined && record.fingerprint !== ask.fingerprint;
  if (isOther) return "refuse-mismatch";
  if (record.state === "in-flight" && ask.nowMs < record.leaseUntilMs) return "refuse-in-flight";
  const canAsk = ask.honoursKey(record.owner);
  if (record.state !== "completed") return canAsk ? "ask-again" : "refuse-unknown";
  if (record.hasAnswer) return "replay";
  return canAsk ? "fetch-answer" : "refuse-answer-lost";
}

/** Every decision under which a request reaches a system. */
export function isDispatched(decision: BeginDecision): decision is "take" | "ask-again" | "fetch-answer" {
  return decision === "take" || decision === "ask-again" || decision === "fetch-answer";
}
