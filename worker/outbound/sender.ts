import { randomUUID } from "node:crypto";
import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";
import { codeOf, messageOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { sendTrace, type SendTrace } from "../auth/signal-repository.ts";
import type { Delivery } from "../ingest/delivery.ts";
import { toContent, type ContentOptions } from "./content.ts";
import { receiptIds, toFate, type Fate } from "./fate.ts";
import type { Claimed, OutboxRows } from "./outbox-rows.ts";
import type { QuotedMessages } from "./quoted-messages.ts";
import { FULL, takeOne, type Allowance } from "./rate.ts";
import { within } from "./within.ts";

/** How long the outbox is left alone when nobody says that there is something in it. */
const LOOK_EVERY_MS = 2_000;
/** A send that takes longer has an open fate. */
const SEND_TIMEOUT_MS = 60_000;
const UPLOAD_TIMEOUT_MS = 600_000;
const STOP_WITHIN_MS = 3_000;

export type SenderParts = {
  readonly sessionId: string;
  readonly socket: WASocket;
  readonly rows: OutboxRows;
  readonly quoted: QuotedMessages;
  readonly content: ContentOptions;
  readonly delivery: Delivery;
  readonly perMinute: number;
  readonly nowMs: () => number;
  readonly log: Logger;
  readonly onFate?: (fate: Fate["type"] | "written" | "put-back" | "unsendable") => void;
};

/** Sends one session's outbox over one open socket, each chat in order, and learns what becomes of each message. */
export class Sender {
  readonly #parts: SenderParts;
  /** Rows under way, by WhatsApp's id. */
  readonly #pending = new Map<string, string>();
  readonly #onAck = (node: BinaryNode): void => this.#acked(node);
  readonly #onReceipt = (node: BinaryNode): void => this.#receipted(node);
  #allowance: Allowance = FULL;
  #wake: () => void = () => {};
  #isPoked = false;
  #isStopping = false;
  #loop: Promise<void> = Promise.resolve();
  #settling: Promise<void> = Promise.resolve();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  start(): void {
    const { socket } = this.#parts;
    socket.ws.on("CB:ack,class:message", this.#onAck);
    socket.ws.on("CB:receipt", this.#onReceipt);
    this.#loop = this.#run();
  }

  /** Whether the message is under way and nothing is known of it: what becomes of it is told here. */
  isPending(messageId: string): boolean {
    return this.#pending.has(messageId);
  }

  /** There may be something to send. */
  poke(): void {
    this.#isPoked = true;
    this.#wake();
  }

  /** Begins nothing more; waits a little for the message under way. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.poke();
    await within(STOP_WITHIN_MS, Promise.all([this.#loop, this.#settling])).catch(() => undefined);
    const { socket } = this.#parts;
    socket.ws.off("CB:ack,class:message", this.#onAck);
    socket.ws.off("CB:receipt", this.#onReceipt);
  }

  async #run(): Promise<void> {
    const { rows, log, sessionId } = this.#parts;
    let hasRecovered = false;
    while (!this.#isStopping) {
      this.#isPoked = false;
      let hasMore = false;
      try {
        if (!hasRecovered) await rows.recover();
        hasRecovered = true;
        await rows.doubt();
        hasMore = await this.#sendNext();
      } catch (error) {
        log.warn({ session: sessionId, reason: messageOf(error) }, "the outbox could not be worked on");
      }
      if (!hasMore) await this.#rest(LOOK_EVERY_MS);
    }
  }

  async #sendNext(): Promise<boolean> {
    const { perMinute, nowMs, rows } = this.#parts;
    const turn = takeOne(this.#allowance, perMinute, nowMs());
    if (!turn.isTaken) {
      await this.#rest(Math.min(turn.waitMs, LOOK_EVERY_MS));
      return true;
    }
    const row = await rows.claim();
    if (row === undefined) return false;
    this.#allowance = turn.allowance;
    await this.#send(row);
    return true;
  }

  async #send(row: Claimed): Promise<void> {
    const { socket, rows, quoted, content, log, sessionId, onFate } = this.#parts;
    // An ack or a receipt got through to the message, but not to its row.
    if (row.messageStatus !== "PENDING" && row.messageStatus !== "FAILED") return rows.sent(row.id);
    const trace: SendTrace = { hasEncrypted: false };
    this.#pending.set(row.messageId, row.id);
    try {
      const message = await toContent(row.kind, row.payload, content);
      const answered = await quoted.find(row.payload, row.chatJid);
      const options = { messageId: row.messageId, ...(answered === undefined ? {} : { quoted: answered }) };
      await sendTrace.run(trace, () =>
        within(row.kind === "media" ? UPLOAD_TIMEOUT_MS : SEND_TIMEOUT_MS, socket.sendMessage(row.chatJid, message, options)),
      );
      await rows.written(row.id);
      onFate?.("written");
      log.debug({ session: sessionId, id: row.messageId, attempts: row.attempts }, "message written");
    } catch (error) {
      await this.#sendFailed(row, trace, error);
    }
  }

  async #sendFailed(row: Claimed, { hasEncrypted }: SendTrace, error: unknown): Promise<void> {
    const { rows, log, sessionId, onFate } = this.#parts;
    if (codeOf(error) === "OUTBOX_UNSENDABLE") {
      onFate?.("unsendable");
      this.#pending.delete(row.messageId);
      return this.#refuse(row.messageId, row.id, null, messageOf(error));
    }
    log.warn({ session: sessionId, id: row.messageId, hasEncrypted, code: codeOf(error) }, "a message could not be written");
    // Once anything was encrypted the frame may have left: its fate is open, and only the same id may go out again.
    if (hasEncrypted) return rows.written(row.id);
    onFate?.("put-back");
    this.#pending.delete(row.messageId);
    return rows.putBack(row.id);
  }

  #acked(node: BinaryNode): void {
    const messageId = node.attrs["id"] ?? "";
    const rowId = this.#pending.get(messageId);
    if (rowId === undefined) return;
    this.#pending.delete(messageId);
    this.#settle(messageId, rowId, toFate(node, this.#parts.nowMs()));
  }

  #receipted(node: BinaryNode): void {
    for (const messageId of receiptIds(node)) {
      const rowId = this.#pending.get(messageId);
      if (rowId === undefined) continue;
      this.#pending.delete(messageId);
      this.#settle(messageId, rowId, { type: "sent", at: new Date(this.#parts.nowMs()) });
    }
  }

  #settle(messageId: string, rowId: string, fate: Fate): void {
    const { rows, log, sessionId, onFate } = this.#parts;
    onFate?.(fate.type);
    const settle = async (): Promise<void> => {
      if (fate.type === "unsure") await rows.doubt(rowId);
      else if (fate.type === "refused") await this.#refuse(messageId, rowId, fate.code, fate.message);
      else {
        await this.#tell({ messageId, status: "SENT", at: fate.at.toISOString() });
        await rows.sent(rowId);
      }
    };
    this.#settling = this.#settling
      .then(settle)
      .catch((error: unknown) =>
        log.warn({ session: sessionId, id: messageId, reason: messageOf(error) }, "the fate of a message could not be stored"),
      )
      .then(() => this.poke());
  }

  async #refuse(messageId: string, rowId: string, errorCode: number | null, errorMessage: string): Promise<void> {
    const at = new Date(this.#parts.nowMs()).toISOString();
    await this.#tell({ messageId, status: "FAILED", at, errorMessage, ...(errorCode === null ? {} : { errorCode }) });
    await this.#parts.rows.failed(rowId, errorCode, errorMessage);
  }

  #tell(item: object): Promise<void> {
    const { delivery, sessionId } = this.#parts;
    return delivery.submit({ sessionId, path: "messages/status", items: [item], traceId: randomUUID() });
  }

  /** Until poked, or for so long. */
  #rest(ms: number): Promise<void> {
    if (this.#isPoked || this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
