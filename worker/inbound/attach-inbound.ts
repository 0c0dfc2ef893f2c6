import { randomUUID } from "node:crypto";
import type { BaileysEventMap, BinaryNode, WAMessage, WASocket } from "@whiskeysockets/baileys";
import type { MessageSource } from "@ipnuo/domain/message-adapter";
import { messageOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { GroupCache } from "../group-cache.ts";
import type { Delivery, IngestPath } from "../ingest/delivery.ts";
import type { MediaPort, MediaRequest } from "../media/media-port.ts";
import { toContactItem, toPairItem } from "./contact-items.ts";
import { attachGroups } from "./group-events.ts";
import { readHistory } from "./history.ts";
import type { Intake } from "./intake.ts";
import { handleInOrder } from "./in-order.ts";
import { readMessage, toRuns, type Reading } from "./read-message.ts";
import { statusesOf } from "./receipt-stanza.ts";
import { messageKey, RecentKeys, statusKey } from "./recent-keys.ts";
import { mergedStatus, toGroupStatusItem, toStatusItem, type StatusReport } from "./status-items.ts";

export type InboundContext = {
  readonly socket: WASocket;
  readonly sessionId: string;
  readonly tenantId: string;
  readonly delivery: Delivery;
  readonly media: MediaPort;
  readonly groupCache: GroupCache;
  readonly log: Logger;
  /** The one whose `makeSignalRepository` the socket was made with. Without it a process killed at the wrong moment may lose a message. */
  readonly intake?: Intake;
  /** Own messages whose fate somebody else reports: those of the outbox. */
  readonly isFollowedElsewhere?: (messageId: string) => boolean;
  readonly nowMs?: () => number;
};

export type Inbound = {
  /** Resolves when everything heard so far is delivered: stored by an API, or in the spool. */
  readonly settle: () => Promise<void>;
  /** Hears nothing more; what was heard is still delivered. */
  readonly detach: () => void;
};

const MAX_RECENT = 5_000;

/** Listens on one socket. The session shell calls it for every new socket, right after making it, before the socket speaks. */
export function attachInbound(context: InboundContext): Inbound {
  const hearing = new Hearing(context);
  const { socket, intake } = context;
  const order = handleInOrder(socket, (stanza) => hearing.takeReceipt(stanza));
  const stopListening = hearing.listen(socket);
  const stopIntake = intake?.listen(socket, (message) => hearing.take(message)) ?? (() => {});
  const detachGroups = attachGroups(context, (path, items) => hearing.report(path, items));
  return {
    settle: async () => {
      await order.settled();
      await hearing.settle();
    },
    detach: () => {
      order.stop();
      stopIntake();
      detachGroups();
      stopListening();
    },
  };
}

class Hearing {
  private readonly taken = new RecentKeys(MAX_RECENT);
  /** Statuses that were taken from their stanzas, so that the events that follow do not report them again. */
  private readonly takenStatuses = new RecentKeys(MAX_RECENT);
  private readonly underWay = new Set<Promise<void>>();
  private readonly nowMs: () => number;

  constructor(private readonly context: InboundContext) {
    this.nowMs = context.nowMs ?? Date.now;
  }

  listen({ ev }: WASocket): () => void {
    const offs: (() => void)[] = [];
    const on = <Event extends keyof BaileysEventMap>(event: Event, hear: (argument: BaileysEventMap[Event]) => void): void => {
      ev.on(event, hear);
      offs.push(() => ev.off(event, hear));
    };
    on("messages.upsert", ({ messages }) => this.hearMessages(messages));
    on("messages.update", (updates) => this.hearStatuses(updates.map((update) => toStatusItem(update, this.nowMs()))));
    on("message-receipt.update", (receipts) => this.hearStatuses(receipts.map((receipt) => toGroupStatusItem(receipt, this.nowMs()))));
    on("messaging-history.set", (history) => this.hearHistory(history));
    on("contacts.upsert", (contacts) => this.report("contacts", contacts.map(toContactItem)));
    on("contacts.update", (contacts) => this.report("contacts", contacts.map(toContactItem)));
    on("lid-mapping.update", (pair) => this.report("contacts", [toPairItem(pair)]));
    return () => {
      for (const off of offs) off();
    };
  }

  /** At the moment of decryption: throws when the message cannot be kept, and it counts as not received then. */
  async take(message: WAMessage): Promise<void> {
    const kept = this.deliver([message], sourceOf(message));
    if (kept === undefined) return;
    await this.track(kept);
    this.taken.add(messageKey(message.key));
  }

  /**
   * Before it is acknowledged. Those of the outbox too: whoever follows them hears of them only afterwards.
   * What cannot be kept is not lost yet: the event tells it once more.
   */
  async takeReceipt(stanza: BinaryNode): Promise<void> {
    const { id, lid } = this.context.socket.authState.creds.me ?? {};
    const received = id === undefined ? [] : statusesOf(stanza, { id, lid }, this.nowMs());
    const statuses = received.flatMap(withSent).filter((status) => !this.takenStatuses.has(statusKey(status)));
    if (statuses.length === 0) return;
    const kept = this.track(this.submit("messages/status", statuses, randomUUID()));
    await kept.then(() => statuses.forEach((status) => this.takenStatuses.add(statusKey(status))));
  }

  async settle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
  }

  /** In the background, in order. What an API will never take was never made an item. */
  report(path: IngestPath, found: readonly (object | undefined)[]): void {
    const items = found.filter((item) => item !== undefined);
    if (items.length > 0) this.inBackground(this.submit(path, items, randomUUID()));
  }

  private hearMessages(messages: readonly WAMessage[]): void {
    for (const message of messages) {
      if (!this.taken.has(messageKey(message.key))) this.inBackground(this.deliver([message], sourceOf(message)));
      this.hearStatuses([mergedStatus(message, this.nowMs())]);
    }
  }

  private hearStatuses(statuses: readonly (StatusReport | undefined)[]): void {
    const { isFollowedElsewhere = () => false } = this.context;
    const isNew = (status: StatusReport): boolean => !isFollowedElsewhere(status.messageId) && !this.takenStatuses.has(statusKey(status));
    this.report(
      "messages/status",
      statuses.filter((status) => status !== undefined && isNew(status)),
    );
  }

  private hearHistory(history: BaileysEventMap["messaging-history.set"]): void {
    const { messages, contacts } = readHistory(history);
    this.inBackground(this.deliver(messages, "history"));
    this.report("contacts", contacts);
  }

  /** In their order, as few calls as that allows. Undefined when there is nothing to keep. */
  private deliver(messages: readonly WAMessage[], source: MessageSource): Promise<void> | undefined {
    const { socket, sessionId, log } = this.context;
    const ownJid = socket.user?.id ?? socket.authState.creds.me?.id ?? "";
    const readings = messages.map((message) => readMessage(message, { source, ownJid }));
    const runs = toRuns(readings);
    if (runs.length === 0) {
      log.debug({ sessionId }, "heard nothing that is a message of a conversation");
      return undefined;
    }
    const traceId = randomUUID();
    log.debug({ sessionId, traceId, messages: messages.length, messageId: runs[0]?.items[0]?.messageId, source }, "heard");
    const kept = runs.map(({ path, items }) => this.submit(path, items, traceId));
    return Promise.all(kept).then(() => this.fetchMedia(readings, { traceId, mayAskAgain: source !== "history" }));
  }

  private fetchMedia(readings: readonly Reading[], how: Pick<MediaRequest, "traceId" | "mayAskAgain">): void {
    const { sessionId, tenantId, media } = this.context;
    for (const reading of readings) {
      const remote = reading.kind === "message" ? reading.item.media?.remote : undefined;
      if (remote !== undefined) media.fetch({ sessionId, tenantId, messageId: remote.key.id, remote, ...how });
    }
  }

  private submit(path: IngestPath, items: readonly object[], traceId: string): Promise<void> {
    const { delivery, sessionId } = this.context;
    return delivery.submit({ sessionId, path, items, traceId });
  }

  private inBackground(work: Promise<void> | undefined): void {
    if (work === undefined) return;
    const { log, sessionId } = this.context;
    void this.track(work).catch((error: unknown) => log.error({ sessionId, reason: messageOf(error) }, "what was heard could not be kept"));
  }

  private track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
    return tracked;
  }
}

/** Whatever was delivered was sent: told in this order, also when the receipt is quicker than whoever reports the acknowledgement. */
function withSent(status: StatusReport): StatusReport[] {
  return status.status === "SENT" ? [status] : [{ ...status, status: "SENT" }, status];
}

/**
 * What others wrote is new whenever it reaches us, also after we were away; own messages come from another device of the account.
 * (The library calls both `append` when they waited for us.)
 */
function sourceOf({ key }: WAMessage): MessageSource {
  return key.fromMe === true ? "append" : "live";
}
