import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { beginSend, type BeginDecision } from "../core/send-ledger/begin-send.ts";
import { GUARD_WAIT_MS, LEASE_MS, type SendRecord } from "../core/send-ledger/send-record.ts";
import type { System } from "../core/types.ts";
import type { NewSend, SendRow, SendStore } from "../store/send-store.ts";
import type { SendVault } from "../store/send-vault.ts";

const LOOK_EVERY_MS = 50;

export type BeginParts = {
  readonly store: Pick<SendStore, "begin" | "claim" | "find" | "putAside">;
  readonly vault: SendVault;
  readonly honoursKey: (owner: System) => boolean;
};

/** The send that holds the slot now, and what this request may do about it. */
export type BegunSend = {
  readonly decision: Exclude<BeginDecision, "put-aside">;
  readonly row: SendRow;
  readonly attempt: number;
  /** By this process's own clock: past it the send may be somebody else's. */
  readonly leaseEndsAt: number;
};

/** Enters a send into the ledger, or finds the one it repeats. Rejects when the store does not answer. */
export async function begin(send: NewSend, parts: BeginParts): Promise<BegunSend> {
  const { store, vault, honoursKey } = parts;
  for (;;) {
    const leaseEndsAt = performance.now() + LEASE_MS;
    const row = await store.begin(send, LEASE_MS);
    const begun = { row, attempt: row.attempt, leaseEndsAt };
    if (row.isTaken) return { ...begun, decision: "take" };
    const decision = beginSend(toRecord(row, vault), { fingerprint: send.fingerprint, nowMs: row.nowMs, honoursKey });
    switch (decision) {
      case "take": // free since a moment, or taken a moment ago
        await sleep(1);
        break;
      case "put-aside":
        await store.putAside(row.id);
        break;
      case "ask-again": {
        const attempt = await store.claim(row, LEASE_MS);
        if (attempt !== undefined) return { ...begun, decision, attempt };
        break;
      }
      case "refuse-in-flight": {
        if (!send.isWindow) return { ...begun, decision };
        const first = await awaitFirst(begun, parts);
        if (first !== undefined) return first;
        break;
      }
      case "fetch-answer":
      case "replay":
      case "refuse-mismatch":
      case "refuse-unknown":
      case "refuse-answer-lost":
        return { ...begun, decision };
    }
  }
}

/**
 * A second click waits for the first one's answer: nobody who clicks twice knows what to do with a 409. It gets it also when
 * the first one's client has it meanwhile. undefined: the first was refused, nothing happened.
 */
async function awaitFirst(begun: Omit<BegunSend, "decision">, { store, vault }: BeginParts): Promise<BegunSend | undefined> {
  const patienceEndsAt = performance.now() + GUARD_WAIT_MS;
  while (performance.now() < patienceEndsAt) {
    await sleep(LOOK_EVERY_MS);
    const row = await store.find(begun.row.id);
    if (row === undefined) break; // another send has its place
    if (row.state === "released") return undefined;
    if (row.state === "unknown") return { ...begun, row, decision: "refuse-unknown" };
    if (row.state === "completed") return { ...begun, row, decision: toRecord(row, vault).hasAnswer ? "replay" : "refuse-answer-lost" };
  }
  return { ...begun, decision: "refuse-in-flight" };
}

/** What was made with another ledger key can be neither compared nor opened. */
function toRecord(row: SendRow, { keyId }: SendVault): SendRecord {
  const isOurs = row.keyId === keyId;
  return {
    ...row,
    fingerprint: isOurs ? (row.fingerprint ?? undefined) : undefined,
    freeAtMs: row.freeAtMs ?? undefined,
    hasAnswer: isOurs && row.answer !== null,
  };
}
