import { makeWASocket, type BaileysEventMap, type BinaryNode, type SocketConfig, type WASocket } from "@whiskeysockets/baileys";
import type { Credentials } from "../auth/credentials.ts";
import { Inbox } from "../auth/inbox.ts";
import type { KeyRows } from "../auth/key-rows.ts";
import { createKeyStore } from "../auth/key-store.ts";
import { createSignalRepositoryFactory, TRANSACTION_OPTIONS, type SignalRepositoryFactory } from "../auth/signal-repository.ts";
import { isLeaseLost } from "../errors.ts";
import type { Close } from "./close.ts";
import { CredentialSaver } from "./credential-saver.ts";
import { InboxKeeper } from "./inbox-keeper.ts";
import { STORAGE_FAILED, toClose } from "./socket-close.ts";

export type SocketSettings = Pick<SocketConfig, "waWebSocketUrl" | "logger" | "getMessage" | "cachedGroupMetadata"> &
  Partial<Pick<SocketConfig, "qrTimeout" | "keepAliveIntervalMs" | "connectTimeoutMs" | "retryRequestDelayMs">>;

/** What a socket tells its session; after `closed` nothing more. */
export type SocketEvents = {
  readonly onQr: (text: string) => void;
  readonly onPaired: () => void;
  readonly onOpened: (phoneNumber: string | null, accountName: string | null) => void;
  readonly onNamed: (accountName: string) => void;
  readonly onClosed: (close: Close) => void;
  readonly onStorageFailed: (error: unknown) => void;
};

export type Listening = { readonly settle: () => Promise<void>; readonly detach: () => void };

export type SocketParts = {
  readonly credentials: Credentials;
  readonly rows: KeyRows;
  readonly settings: SocketSettings;
  readonly events: SocketEvents;
  /** Encrypts and decrypts, with the keys it is given. */
  readonly makeSignalRepository: SignalRepositoryFactory;
  /** Listens on what arrives; called before the socket speaks. */
  readonly attach: (socket: WASocket) => Listening;
};

export type OpenSocket = {
  readonly socket: WASocket;
  /** Ends it, waits for what it still has to store and deliver. Nothing is told any more. */
  readonly end: () => Promise<void>;
  readonly logout: () => Promise<void>;
};

/** A new socket with the session's credentials as they are in the database. */
export async function openSocket({ credentials, rows, settings, events, makeSignalRepository, attach }: SocketParts): Promise<OpenSocket> {
  const inbox = new Inbox(rows);
  const [creds] = await Promise.all([credentials.load(), inbox.load()]);
  let isOver = false;
  let closing: Promise<void> | undefined;
  const over = (tell: () => void): void => {
    if (isOver) return;
    isOver = true;
    // A closed socket is told once its last words are stored: the next one reads them.
    closing = windDown().finally(tell);
  };
  const failStorage = (error: unknown): void => {
    // Whoever took the lease, or deleted the session, is found out by those who hold it: a deleted one has to say good-bye.
    if (isLeaseLost(error)) return events.onStorageFailed(error);
    over(() => {
      events.onStorageFailed(error);
      events.onClosed(STORAGE_FAILED);
    });
  };
  const store = createKeyStore(rows, failStorage);
  const saver = new CredentialSaver(credentials, creds, failStorage);
  const socket = makeWASocket({
    ...settings,
    auth: { creds, keys: store },
    makeSignalRepository: createSignalRepositoryFactory(makeSignalRepository, store, inbox),
    transactionOpts: TRANSACTION_OPTIONS,
    // The library would echo a send as soon as it is written; the ack tells when WhatsApp has it.
    emitOwnEvents: false,
    markOnlineOnConnect: false,
    syncFullHistory: false,
  });
  const listening = attach(socket);
  const keeper = new InboxKeeper(inbox, listening, failStorage);
  async function windDown(): Promise<void> {
    await socket.end(undefined).catch(() => undefined);
    listening.detach();
    await Promise.all([saver.close(), store.close(), keeper.stop()]);
  }

  socket.ws.prependListener("CB:message", (stanza: BinaryNode) => inbox.hear(stanza));
  // Before anything new arrives: what an earlier socket had received and nobody was told of.
  socket.ws.on("CB:success", () => {
    for (const stanza of inbox.leftBehind()) socket.ws.emit("CB:message", stanza);
  });
  socket.ev.on("messages.upsert", ({ messages }) => keeper.told(messages.flatMap(({ key }) => (typeof key.id === "string" ? [key.id] : []))));
  socket.ev.on("creds.update", (update) => {
    saver.save();
    const name = nameOf(update.me?.name);
    if (name !== null && !isOver) events.onNamed(name);
  });
  socket.ev.on("connection.update", (update: BaileysEventMap["connection.update"]) => {
    if (isOver) return;
    if (update.qr !== undefined) events.onQr(update.qr);
    if (update.isNewLogin === true) events.onPaired();
    if (update.connection === "open") events.onOpened(phoneOf(socket.user?.id), nameOf(socket.user?.name));
    if (update.connection === "close") over(() => events.onClosed(toClose(update.lastDisconnect?.error)));
  });

  return {
    socket,
    end: async () => {
      over(() => undefined);
      await closing;
    },
    logout: async () => {
      await socket.logout().catch(() => undefined);
      over(() => undefined);
      await closing;
    },
  };
}

/** The digits of an account's own address, without its device. */
function phoneOf(id: string | undefined): string | null {
  return /^(\d{6,15})(?::\d+)?@s\.whatsapp\.net$/.exec(id ?? "")?.[1] ?? null;
}

/** The client library writes a tilde until it knows better. */
function nameOf(name: string | undefined): string | null {
  const trimmed = name?.trim() ?? "";
  return trimmed === "" || trimmed === "~" ? null : trimmed;
}
