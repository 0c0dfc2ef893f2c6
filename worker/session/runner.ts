import { messageOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { isPaired } from "../auth/credentials.ts";
import type { Credentials } from "../auth/credentials.ts";
import { isLeaseLost } from "../errors.ts";
import type { Delivery, ReportOutcome } from "../ingest/delivery.ts";
import type { Lease } from "../lease/leases.ts";
import { nextStep } from "./machine.ts";
import { Reporter } from "./reporter.ts";
import type { OpenSocket, SocketEvents } from "./socket.ts";
import { STORAGE_FAILED, toClose } from "./socket-close.ts";
import { INITIAL_STATE, type SessionEffect, type SessionEvent, type SessionState, type StopReason } from "./state.ts";

/** The runner's lease as its holder sees it. */
export type LeaseHold = {
  readonly isLive: () => boolean;
  /** A write under it was refused: the holder finds out why, and stops the runner. */
  readonly doubt: () => void;
};

export type RunnerParts = {
  readonly lease: Lease;
  readonly delivery: Delivery;
  readonly credentials: Credentials;
  readonly openSocket: (events: SocketEvents) => Promise<OpenSocket>;
  /** Sends what is in the outbox over an open socket; answers a function that stops. */
  readonly startSending: (open: OpenSocket) => () => Promise<void>;
  readonly hold: LeaseHold;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly log: Logger;
  readonly onEvent?: (event: SessionEvent) => void;
};

/** One session under one lease: runs the machine, and does what it asks for. */
export class SessionRunner {
  readonly #parts: RunnerParts;
  readonly #reporter: Reporter;
  readonly #finishing = new AbortController();
  readonly #done: Promise<void>;
  #resolveDone: () => void = () => {};
  #state: SessionState = INITIAL_STATE;
  #pairingPhone: string | null;
  #open: OpenSocket | undefined;
  /** Only the newest socket is listened to. */
  #generation = 0;
  #openedAtMs: number | undefined;
  #stopSending: (() => Promise<void>) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Sockets end and start one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(parts: RunnerParts, pairingPhone: string | null) {
    this.#parts = parts;
    this.#pairingPhone = pairingPhone;
    this.#reporter = new Reporter(parts.delivery, parts.lease, parts.nowMs, (outcome) => this.#reported(outcome));
    this.#done = new Promise((resolve) => {
      this.#resolveDone = resolve;
    });
  }

  get phase(): SessionState["phase"] {
    return this.#state.phase;
  }

  start(): void {
    this.#queue("start", async () => {
      const creds = await this.#parts.credentials.load();
      this.#hear({ type: "start", isPaired: isPaired(creds) });
    });
  }

  stop(reason: StopReason): void {
    // Whoever waits for a verdict to arrive waits no longer when the session goes elsewhere.
    if (reason !== "stopped_by_user") this.#finishing.abort();
    this.#hear({ type: "stop", reason });
  }

  /** Which way of pairing is wanted; another one than before begins anew. */
  pairWith(phone: string | null): void {
    if (phone === this.#pairingPhone) return;
    this.#pairingPhone = phone;
    this.#hear({ type: "pairingChanged" });
  }

  /** Resolves when nothing of the session runs any more and what it told has arrived: its lease may go. */
  done(): Promise<void> {
    return this.#done;
  }

  #hear(event: SessionEvent): void {
    this.#parts.onEvent?.(event);
    const [state, effects] = nextStep(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: SessionEffect): void {
    switch (effect.type) {
      case "connect":
        return this.#connect();
      case "end":
        return this.#endSocket((open) => open.end());
      case "logout":
        return this.#endSocket((open) => open.logout());
      case "wait":
        this.#timer = setTimeout(() => this.#hear({ type: "retryDue" }), effect.ms);
        return;
      case "stopWaiting":
        return clearTimeout(this.#timer);
      case "report":
        return this.#reporter.state(effect.report, effect.report.status === "CONNECTED" ? this.#openedAtMs : undefined);
      case "showCode":
        return this.#reporter.code(effect.kind, effect.text);
      case "wipeCredentials":
        return this.#queue("wipe", () => this.#parts.credentials.wipe());
      case "alert":
        return this.#parts.log.error({ session: this.#parts.lease.sessionId, reason: effect.reason }, "a session needs somebody to look at it");
      case "finish":
        return this.#queue("finish", () => this.#finish());
    }
  }

  #connect(): void {
    this.#generation += 1;
    const generation = this.#generation;
    const hear = (event: SessionEvent): void => {
      if (generation === this.#generation) this.#hear(event);
    };
    this.#queue("connect", async () => {
      if (generation !== this.#generation) return;
      const open = await this.#parts.openSocket(this.#eventsOf(hear));
      if (generation === this.#generation) this.#open = open;
      else await open.end();
    });
  }

  #eventsOf(hear: (event: SessionEvent) => void): SocketEvents {
    let phoneNumber: string | null = null;
    let accountName: string | null = null;
    return {
      onQr: (text) => this.#codeWanted(text, hear),
      onPaired: () => hear({ type: "paired" }),
      onOpened: (phone, name) => {
        [phoneNumber, accountName] = [phone, name];
        this.#openedAtMs = this.#parts.nowMs();
        hear({ type: "opened", phoneNumber, accountName });
        if (this.#state.phase === "open" && this.#open !== undefined) this.#stopSending = this.#parts.startSending(this.#open);
      },
      onNamed: (name) => {
        if (name === accountName) return;
        accountName = name;
        hear({ type: "named", phoneNumber, accountName });
      },
      onStorageFailed: (error) => this.#storageFailed(error),
      onClosed: (close) => {
        const openForMs = this.#openedAtMs === undefined ? 0 : this.#parts.nowMs() - this.#openedAtMs;
        this.#openedAtMs = undefined;
        this.#haltSending();
        this.#open = undefined;
        hear({ type: "closed", close, openForMs, isLeaseLive: this.#parts.hold.isLive(), random: this.#parts.random() });
      },
    };
  }

  #codeWanted(qr: string, hear: (event: SessionEvent) => void): void {
    const phone = this.#pairingPhone;
    if (phone === null) return hear({ type: "code", kind: "qr", text: qr });
    const socket = this.#open?.socket;
    // One code for the whole pairing: it holds as long as the socket does.
    if (socket === undefined || socket.authState.creds.pairingCode !== undefined) return;
    void socket.requestPairingCode(phone).then(
      (text) => hear({ type: "code", kind: "pairing", text }),
      (error: unknown) => this.#parts.log.warn({ session: this.#parts.lease.sessionId, reason: messageOf(error) }, "no pairing code was given"),
    );
  }

  #storageFailed(error: unknown): void {
    const { log, lease } = this.#parts;
    log.error({ session: lease.sessionId, code: (error as { code?: string }).code }, "the session's state could not be stored; its socket ends");
    if (isLeaseLost(error)) this.#parts.hold.doubt();
  }

  #reported(outcome: ReportOutcome): void {
    if (outcome === "stale-epoch") this.stop("lease_lost");
    if (outcome === "stopped") this.stop("stopped_by_user");
    if (outcome === "unknown-session") this.stop("deleted");
    if (outcome === "rejected") this.#parts.log.error({ session: this.#parts.lease.sessionId }, "the API rejects what is reported of a session");
  }

  #endSocket(end: (open: OpenSocket) => Promise<void>): void {
    this.#generation += 1;
    this.#haltSending();
    this.#queue("end", async () => {
      const open = this.#open;
      this.#open = undefined;
      if (open !== undefined) await end(open);
    });
  }

  #haltSending(): void {
    const halt = this.#stopSending;
    this.#stopSending = undefined;
    if (halt !== undefined) this.#queue("halt", halt);
  }

  async #finish(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#reporter.settle();
    await this.#reporter.arrived(this.#finishing.signal);
    this.#resolveDone();
  }

  #queue(step: string, run: () => Promise<void>): void {
    this.#work = this.#work.then(run).catch((error: unknown) => {
      this.#parts.log.error({ session: this.#parts.lease.sessionId, step, reason: messageOf(error) }, "a step of a session failed");
      if (isLeaseLost(error)) return this.stop("lease_lost");
      // The database did not answer, or the credentials cannot be read: tried again later, like a lost connection.
      if (step === "start") return this.#hear({ type: "start", isPaired: true });
      if (step === "connect") return this.#hear(failed(error, this.#parts));
      return undefined;
    });
  }
}

function failed(error: unknown, { hold, random }: Pick<RunnerParts, "hold" | "random">): SessionEvent {
  const close = (error as { code?: string }).code === "WORKER_AUTH_STATE_KEY" ? { ...toClose(error), origin: "whatsapp" as const } : STORAGE_FAILED;
  return { type: "closed", close, openForMs: 0, isLeaseLive: hold.isLive(), random: random() };
}
