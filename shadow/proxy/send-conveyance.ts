import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HEADER } from "../../lib/wire.ts";
import { candidateTarget } from "../core/endpoint.ts";
import { spellKey } from "../core/send-ledger/idempotency-key.ts";
import { settleSend, type SettledState } from "../core/send-ledger/settle-send.ts";
import type { System } from "../core/types.ts";
import { answerFailure, describeFailure } from "./answer-failure.ts";
import { RecentOwners } from "./recent-owners.ts";
import { keepable, packAnswer, refuseSend, replayAnswer, SEND_REFUSALS, unpackAnswer, writeAnswer } from "./send-answers.ts";
import type { BegunSend } from "./send-begin.ts";
import { goOn } from "./send-body.ts";
import { dispatchSend, type Dispatched } from "./send-dispatch.ts";
import { FormStream } from "./send-form.ts";
import type { SendKeeper } from "./send-keeper.ts";
import { countsOf, REPLACED, saidBy, toOwnerAnswer, toWrite, UNSAID } from "./send-result.ts";
import type { ReadSend, SendEntry, SendHandling, SendOutcome, SendParts } from "./send-types.ts";

/** The key was used with another form than this one, which its owner will never see the end of. */
class OtherPayload extends Error {}

/** Carries out what the ledger decided: hands a send to its owner and settles it, repeats an answer, or refuses. */
export class Conveyance {
  readonly #parts: SendParts;
  readonly #keeper: SendKeeper;
  readonly #recent = new RecentOwners();
  readonly #delivering = new Map<string, Promise<unknown>>();

  constructor(parts: SendParts, keeper: SendKeeper) {
    this.#parts = parts;
    this.#keeper = keeper;
  }

  /** Resolves when the ledger knows whether the last answer of the slot reached its client. */
  async delivered(slot: string): Promise<void> {
    await this.#delivering.get(slot);
  }

  async convey(send: ReadSend, entry: SendEntry, begun: BegunSend): Promise<void> {
    const { response } = send;
    const { decision, row } = begun;
    switch (decision) {
      case "take":
      case "ask-again":
      case "fetch-answer":
        return this.#dispatch(send, entry, begun);
      case "replay":
        return this.#replay(send, entry, begun);
      case "refuse-mismatch":
        this.#count(entry, "mismatches");
        return refuseSend(response, SEND_REFUSALS.mismatch);
      case "refuse-in-flight":
        this.#count(entry, "conflicts", "duplicatesPrevented");
        return refuseSend(response, SEND_REFUSALS.inFlight);
      case "refuse-unknown":
        this.#count(entry, "duplicatesPrevented");
        return refuseSend(response, SEND_REFUSALS.unknown, row.requestId);
      case "refuse-answer-lost":
        this.#count(entry, "duplicatesPrevented");
        return refuseSend(response, SEND_REFUSALS.answerLost, row.requestId);
    }
  }

  /**
   * The store does not answer: at stage legacy the send goes on as it would without a proxy, everywhere else nothing is sent,
   * nor where nest is known to have had this key.
   */
  async withoutStore(send: ReadSend, entry: SendEntry): Promise<SendHandling> {
    const { response, roles, requestId } = send;
    const { id } = entry;
    if (roles.stage !== "legacy" || this.#recent.ownerOf(entry.slot) === "nest") {
      void this.#keeper.write(toWrite({ ...UNSAID, id, attempt: 1, state: "released", isWindow: entry.isWindow, error: "the store did not answer" }));
      this.#count(entry, "failedClosed");
      refuseSend(response, SEND_REFUSALS.store, requestId);
      return "handled";
    }
    this.#count(entry, "unprotected");
    if (send.body.kind === "form") return "pass";
    const result = await this.#call(send, { owner: "legacy", key: entry.key, body: send.body.bytes });
    void this.#settle(entry, { id, attempt: 1, result, fingerprint: entry.fingerprint, isFormCut: false });
    await this.#answer(send, entry, { result, owner: "legacy" });
    return "handled";
  }

  async #dispatch(send: ReadSend, entry: SendEntry, { decision, row, attempt, leaseEndsAt }: BegunSend): Promise<void> {
    const { vault } = this.#parts;
    const { id, owner } = row;
    const key = decision === "take" || !entry.isWindow ? entry.key : textOf(vault.open(row.sealedKey, id));
    if (key === undefined) return this.convey(send, entry, { decision: "refuse-unknown", row, attempt, leaseEndsAt });
    if (performance.now() >= leaseEndsAt) return this.#tooLate(send, entry, { id, attempt }); // somebody else may have it by now
    const known = row.keyId === vault.keyId ? (row.fingerprint ?? undefined) : undefined;
    let fingerprint = entry.fingerprint ?? known;
    const form = this.#formOf(send, (seen) => {
      if (known !== undefined && seen !== known) return new OtherPayload();
      fingerprint = seen;
      return undefined;
    });
    this.#keeper.hold(id);
    if (owner === "nest") this.#recent.note(entry.slot, owner);
    const result = await this.#call(send, { owner, key, body: form ?? (send.body.kind === "bytes" ? send.body.bytes : Readable.from([])) });
    this.#keeper.release(id);
    const isFormCut = form !== undefined && !form.isAdmitted;
    const state = await this.#settle(entry, { id, attempt, result, fingerprint, isFormCut, isFetch: decision === "fetch-answer" });
    if (result.kind !== "answered" && result.error instanceof OtherPayload) {
      this.#count(entry, "mismatches");
      return refuseSend(send.response, SEND_REFUSALS.mismatch);
    }
    this.#count(entry, ...countsOf(decision, state, result));
    if (state === "unknown" && decision !== "fetch-answer") this.#parts.events.onUnknown({ send, entry, id, key, form: form?.description });
    if (result.kind === "answered" && decision === "take")
      this.#parts.events.onAnswered({ send, answer: result.answer, tookMs: result.tookMs, form: form?.description });
    const isDelivered = await this.#answer(send, entry, { result, owner });
    if (isDelivered && state === "completed") this.#deliver(entry, id);
  }

  /** A form is looked at to its end before the answer to another one is repeated. */
  async #replay(send: ReadSend, entry: SendEntry, begun: BegunSend): Promise<void> {
    const { vault } = this.#parts;
    const { row } = begun;
    const opened = row.answer === null ? undefined : vault.open(row.answer, row.id);
    if (opened === undefined) return this.convey(send, entry, { ...begun, decision: "refuse-answer-lost" });
    const form = this.#formOf(send, (seen) => (row.fingerprint !== null && row.fingerprint !== seen ? new OtherPayload() : undefined));
    if (form !== undefined) {
      try {
        await pipeline(form, async (source) => {
          for await (const _chunk of source); // hashed on its way
        });
      } catch (error) {
        if (!(error instanceof OtherPayload)) return undefined; // the client went away
        this.#count(entry, "mismatches");
        return refuseSend(send.response, SEND_REFUSALS.mismatch);
      }
    }
    this.#count(entry, "replayed", "duplicatesPrevented");
    if (await replayAnswer(send.response, unpackAnswer(opened), send.requestId)) this.#deliver(entry, row.id);
  }

  /** The process stood still for longer than the lease: nothing was sent, and nothing will be. */
  async #tooLate(
    { response, requestId }: ReadSend,
    entry: SendEntry,
    { id, attempt }: Pick<BegunSend, "attempt"> & { readonly id: string },
  ): Promise<void> {
    const state = settleSend({ kind: "not-sent" }, attempt);
    await this.#keeper.write(toWrite({ ...UNSAID, id, attempt, state, isWindow: entry.isWindow, error: "the lease ran out" }));
    this.#count(entry, "failedClosed");
    refuseSend(response, SEND_REFUSALS.store, requestId);
  }

  #formOf({ request, response, body }: ReadSend, admit: (fingerprint: string) => Error | undefined): FormStream | undefined {
    if (body.kind !== "form") return undefined;
    goOn(request, response);
    const form = new FormStream(request.headers["content-type"] ?? "", (parts) => admit(body.fingerprintOf(parts)));
    request.once("aborted", () => form.destroy(new Error("the client went away in the middle of its form")));
    form.on("error", () => request.resume());
    return request.pipe(form);
  }

  #call(
    send: ReadSend,
    { owner, key, body }: { readonly owner: System; readonly key: string; readonly body: Buffer | Readable },
  ): Promise<Dispatched> {
    const { request, match, target, headers, requestId } = send;
    const kept = headers.filter(([name]) => !REPLACED.has(name.toLowerCase()));
    const length = Buffer.isBuffer(body) ? String(body.length) : request.headers["content-length"];
    const added = [HEADER.idempotencyKey, spellKey(key), HEADER.requestId, requestId, ...(length === undefined ? [] : ["content-length", length])];
    return dispatchSend({
      dispatcher: this.#parts.dispatchers[owner],
      method: request.method ?? "POST",
      target: owner === "nest" ? candidateTarget(match, target) : target,
      headers: [...kept.flat(), ...added],
      body,
    });
  }

  /** Before the client hears of it: what it is told twice must be on record. */
  async #settle(entry: SendEntry, ending: Ending): Promise<SettledState> {
    const { id, attempt, result, isFormCut, isFetch = false, fingerprint } = ending;
    const state = settleSend(toOwnerAnswer(result, isFormCut), attempt);
    const answer = state === "completed" && result.kind === "answered" ? this.#parts.vault.seal(packAnswer(keepable(result.answer)), id) : undefined;
    const { isWindow } = entry;
    if (state === "completed" || !isFetch)
      await this.#keeper.write(toWrite({ id, attempt, state, isWindow, ...saidBy(result), answer, fingerprint }));
    return state;
  }

  /** Resolves true when the answer was the owner's and reached the client. */
  async #answer({ request, response, requestId }: ReadSend, entry: SendEntry, { result, owner }: Answered): Promise<boolean> {
    const where = { endpointId: entry.endpoint, family: entry.family, system: owner };
    if (result.kind === "answered") {
      this.#parts.events.onServed({ ...where, status: result.answer.status, tookMs: result.tookMs });
      return writeAnswer(response, result.answer);
    }
    if (request.destroyed && !request.complete) return false; // nobody is there to be told
    const failure = { ...describeFailure(request, result.error), requestId };
    this.#parts.events.onOwnerError({ ...where, ...failure });
    if (!response.headersSent && !response.destroyed) answerFailure(response, failure);
    return false;
  }

  /** In the window an answer that reached its client ends the send: the same text after it is meant. */
  #deliver({ isWindow, slot }: SendEntry, id: string): void {
    if (!isWindow) return;
    const writing = this.#keeper
      .write((store) => store.deliver(id))
      .finally(() => {
        if (this.#delivering.get(slot) === writing) this.#delivering.delete(slot);
      });
    this.#delivering.set(slot, writing);
  }

  #count({ endpoint }: SendEntry, ...outcomes: readonly SendOutcome[]): void {
    for (const outcome of outcomes) this.#parts.events.onSend(endpoint, outcome);
  }
}

type Ending = {
  readonly id: string;
  readonly attempt: number;
  readonly result: Dispatched;
  readonly fingerprint: string | undefined;
  readonly isFormCut: boolean;
  /** Only the answer is fetched: the send itself is settled. */
  readonly isFetch?: boolean;
};

type Answered = { readonly result: Dispatched; readonly owner: System };

const textOf = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8"));
