import {
  BufferJSON,
  initAuthCreds,
  makeWASocket,
  proto,
  type AuthenticationState,
  type ConnectionState,
  type SignalDataSet,
  type SocketConfig,
  type UserFacingSocketConfig,
  type WAMessage,
  type WASocket,
} from "@whiskeysockets/baileys";
import { silenceLibsignal, silentLogger } from "../silent-logger.ts";

/** Credentials and keys of a client, in memory, as text: what a database would give back. */
export type ClientStore = { creds: string; readonly keys: Map<string, string> };

export const createClientStore = (): ClientStore => ({ creds: JSON.stringify(initAuthCreds(), BufferJSON.replacer), keys: new Map() });

/** The real client with one socket at a time, reconnecting as an application would on 515 and not otherwise. */
export type Client = {
  readonly store: ClientStore;
  readonly socket: () => WASocket;
  readonly messages: WAMessage[];
  readonly updates: { readonly id: string; readonly status: number | null | undefined; readonly parameters: readonly string[] }[];
  /** The code of every close, in order. */
  readonly closes: (number | undefined)[];
  /** The highest status heard of a message; Baileys may tell it inside the message itself. */
  readonly statusOf: (id: string | null | undefined) => number | undefined;
  /** The parameters of an error status. */
  readonly errorOf: (id: string | null | undefined) => readonly string[] | undefined;
  readonly state: () => Partial<ConnectionState>;
  readonly qr: () => string | undefined;
  /** Called with this socket and every later one. */
  readonly onSocket: (listener: (socket: WASocket) => void) => void;
  /** A new socket, with what the store holds. */
  readonly connect: () => void;
  readonly end: () => Promise<void>;
};

export type ClientConfig = Partial<SocketConfig>;

export function startClient(url: string, store = createClientStore(), config: ClientConfig = {}): Client {
  silenceLibsignal();
  let socket: WASocket;
  let state: Partial<ConnectionState> = {};
  let qr: string | undefined;
  const messages: WAMessage[] = [];
  const updates: Client["updates"] = [];
  const closes: Client["closes"] = [];
  const listeners: ((socket: WASocket) => void)[] = [];

  const connect = (): void => {
    state = {};
    const auth = toAuth(store);
    const options: UserFacingSocketConfig = { auth, waWebSocketUrl: url, logger: silentLogger, retryRequestDelayMs: 10, ...config };
    socket = makeWASocket(options);
    const own = socket;
    for (const listener of listeners) listener(own);
    own.ev.on("creds.update", () => {
      store.creds = JSON.stringify(own.authState.creds, BufferJSON.replacer);
    });
    own.ev.on("messages.upsert", (upsert) => void messages.push(...upsert.messages));
    own.ev.on("messages.update", (changed) => {
      for (const { key, update } of changed)
        updates.push({ id: key.id ?? "", status: update.status, parameters: (update.messageStubParameters ?? []) as string[] });
    });
    own.ev.on("connection.update", (update) => {
      if (own !== socket) return;
      state = { ...state, ...update };
      qr = update.qr ?? qr;
      if (update.connection !== "close") return;
      const code = (update.lastDisconnect?.error as { output?: { statusCode?: number } } | undefined)?.output?.statusCode;
      closes.push(code);
      if (code === 515) connect();
    });
  };
  connect();
  return {
    store,
    socket: () => socket,
    messages,
    updates,
    closes,
    statusOf: (id) => {
      const heard = [...updates.filter((update) => update.id === id), ...messages.filter(({ key }) => key.id === id)].flatMap(
        ({ status }) => status ?? [],
      );
      return heard.includes(0) ? 0 : heard.length === 0 ? undefined : Math.max(...heard);
    },
    errorOf: (id) =>
      updates.find((update) => update.id === id && update.status === 0)?.parameters ??
      messages.find(({ key, status }) => key.id === id && status === proto.WebMessageInfo.Status.ERROR)?.messageStubParameters ??
      undefined,
    state: () => state,
    qr: () => qr,
    onSocket: (listener) => {
      listeners.push(listener);
      listener(socket);
    },
    connect,
    end: async () => {
      const last = socket;
      await last.end(undefined);
    },
  };
}

function toAuth(store: ClientStore): AuthenticationState {
  return {
    creds: JSON.parse(store.creds, BufferJSON.reviver),
    keys: {
      get: async (type, ids) =>
        Object.fromEntries(
          ids.flatMap((id) => {
            const text = store.keys.get(`${type}/${id}`);
            if (text === undefined) return [];
            const value = JSON.parse(text, BufferJSON.reviver);
            return [[id, type === "app-state-sync-key" ? proto.Message.AppStateSyncKeyData.fromObject(value) : value]];
          }),
        ),
      set: async (data: SignalDataSet) => {
        for (const [type, entries] of Object.entries(data))
          for (const [id, value] of Object.entries(entries ?? {})) {
            if (value === null || value === undefined) store.keys.delete(`${type}/${id}`);
            else store.keys.set(`${type}/${id}`, JSON.stringify(value, BufferJSON.replacer));
          }
      },
    },
  };
}
