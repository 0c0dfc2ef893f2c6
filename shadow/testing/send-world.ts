import { LEASE_MS } from "../core/send-ledger/send-record.ts";
import { settleSend, type OwnerAnswer } from "../core/send-ledger/settle-send.ts";
import type { System } from "../core/types.ts";
import { begin } from "../proxy/send-begin.ts";
import { toWrite } from "../proxy/send-result.ts";
import type { NewSend, SendStore } from "../store/send-store.ts";
import { createSendVault } from "../store/send-vault.ts";

/** The ledger's table, and a clock that can be moved. */
export type LedgerTable = Pick<SendStore, "begin" | "claim" | "complete" | "settle" | "putAside" | "find" | "sweep"> & {
  readonly advance: (ms: number) => Promise<void>;
};

/** A call on its way: `answer` once the owner has said something, `isOrphan` when the proxy that made it is gone. */
type Call = NewCall & { answer: OwnerAnswer | undefined; isOrphan: boolean; isAtOwner: boolean };
type NewCall = {
  readonly id: string;
  readonly attempt: number;
  readonly owner: System;
  readonly key: string;
  readonly payload: string;
  readonly replica: number;
  readonly isFetch: boolean;
};

export type OwnerDoes = "sends" | "refuses" | "sends and breaks off" | "breaks off" | "is not reached";

const VAULT = createSendVault("the key of a model");
const HONOURS: Readonly<Record<System, boolean>> = { legacy: false, nest: true };

/** Clients, two proxies, two owners and a table, one step at a time. Throws when the promise is broken. */
export class SendWorld {
  readonly #table: LedgerTable;
  /** What customers got, by key; an owner that honours keys sends one once. */
  readonly #effects: { readonly owner: System; readonly key: string; readonly payload: string }[] = [];
  #calls: Call[] = [];
  #owner: System = "legacy";
  #isStoreUp = true;
  #ids = 0;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  get callCount(): number {
    return this.#calls.length;
  }

  flip(): void {
    this.#owner = this.#owner === "legacy" ? "nest" : "legacy";
  }

  turnStore(isUp: boolean): void {
    this.#isStoreUp = isUp;
  }

  /** A client sends, or tries again, at one of the replicas. From shadow on nothing is sent without the store. */
  async request(key: string, payload: string, replica: number): Promise<void> {
    if (!this.#isStoreUp) return;
    const send: NewSend = {
      id: `s${(this.#ids += 1)}`,
      slot: key,
      requestId: "r",
      tenant: "t",
      user: "u",
      endpoint: "sends.text",
      family: "sends",
      owner: this.#owner,
      fingerprint: payload,
      keyId: VAULT.keyId,
      sealedKey: new Uint8Array(1),
      isWindow: false,
    };
    const { decision, row, attempt } = await begin(send, { store: this.#table, vault: VAULT, honoursKey: (owner) => HONOURS[owner] });
    if (decision === "replay") this.#expectSent(key, payload);
    if (decision !== "take" && decision !== "ask-again" && decision !== "fetch-answer") return;
    const call = { id: row.id, attempt, owner: row.owner, key, payload, replica, isFetch: decision === "fetch-answer" };
    this.#calls.push({ ...call, answer: undefined, isOrphan: false, isAtOwner: true });
  }

  /** An owner deals with a call that reached it, however late. */
  ownerDoes(index: number, does: OwnerDoes): void {
    const call = this.#calls[index % Math.max(1, this.#calls.length)];
    if (call === undefined || !call.isAtOwner) return;
    call.isAtOwner = false;
    const known = HONOURS[call.owner] && this.#effects.some(({ owner, key }) => owner === call.owner && key === call.key);
    const sends = (): void => void (known || this.#effects.push({ owner: call.owner, key: call.key, payload: call.payload }));
    if (does === "sends" || does === "sends and breaks off") sends();
    call.answer = ANSWERS[does];
    this.#expectOnce(call.key);
  }

  /** The proxy hears of it and settles. */
  async settle(index: number): Promise<void> {
    const call = this.#calls[index % Math.max(1, this.#calls.length)];
    if (call?.answer === undefined) return;
    if (!this.#isStoreUp && !call.isOrphan) return; // it is tried again later
    this.#calls = this.#calls.filter((each) => each !== call);
    if (call.isOrphan) return;
    const { id, attempt, answer } = call;
    const state = settleSend(answer, attempt);
    if (state === "completed") this.#expectSent(call.key, call.payload);
    if (call.isFetch && state !== "completed") return;
    const text = state === "completed" ? new Uint8Array([1]) : undefined;
    await toWrite({ id, attempt, state, isWindow: false, status: undefined, error: undefined, answer: text, fingerprint: call.payload })(this.#table);
  }

  /** A proxy is killed: what it had sent may still arrive. */
  crash(replica: number): void {
    for (const call of this.#calls) if (call.replica === replica) call.isOrphan = true;
  }

  async wait(ms: number): Promise<void> {
    // A proxy that lives keeps its sends alive; only those of one that is gone run out.
    if (ms >= LEASE_MS && this.#calls.some(({ isOrphan }) => !isOrphan)) return;
    await this.#table.advance(ms);
    if (this.#isStoreUp) await this.#table.sweep(0);
  }

  /** Calls on their way to the end, and a last look. */
  async finish(): Promise<"kept"> {
    this.#isStoreUp = true;
    for (const index of this.#calls.keys()) this.ownerDoes(index, "sends");
    while (this.#calls.length > 0) await this.settle(0);
    for (const { key } of this.#effects) this.#expectOnce(key);
    return "kept";
  }

  #expectOnce(key: string): void {
    const effects = this.#effects.filter((each) => each.key === key);
    if (effects.length > 1) throw new Error(`${key} was sent ${effects.length} times: ${JSON.stringify(effects)}`);
  }

  #expectSent(key: string, payload: string): void {
    const effect = this.#effects.find((each) => each.key === key);
    if (effect?.payload !== payload)
      throw new Error(`a client was told that ${key} was sent with ${payload}; what was sent: ${JSON.stringify(effect)}`);
  }
}

const ANSWERS: Readonly<Record<OwnerDoes, OwnerAnswer>> = {
  sends: { kind: "answered", status: 200, isInProgress: false },
  refuses: { kind: "answered", status: 400, isInProgress: false },
  "sends and breaks off": { kind: "lost" },
  "breaks off": { kind: "lost" },
  "is not reached": { kind: "not-sent" },
};
