import {
  cleanMessage,
  decodeMessageNode,
  DEFAULT_CONNECTION_CONFIG,
  proto,
  unpadRandomMax16,
  type AuthenticationCreds,
  type BinaryNode,
  type SignalAuthState,
  type SignalKeyStoreWithTransaction,
  type SignalRepositoryWithLIDStore,
  type SocketConfig,
  type WAMessage,
  type WASocket,
} from "@whiskeysockets/baileys";

/**
 * Takes every message where the client library decrypts it, before the library keeps the ratchet that this moved, and before it tells WhatsApp.
 *
 * The library acknowledges a message first and emits its event later, in a buffer. Killed in between, it could never read the message again:
 * WhatsApp would not send it any more, and the ratchet would refuse it if it did. So the message goes into the spool inside the transaction
 * that decrypts it: either both are kept, or WhatsApp sends it again and it is decrypted again. Natural keys make the second time harmless.
 */
export type Intake = {
  /** For `makeWASocket`. */
  readonly makeSignalRepository: SocketConfig["makeSignalRepository"];
  /** To be called with the new socket before anything else listens to it. Answers a function that stops listening. */
  readonly listen: (socket: WASocket, keep: Keep) => () => void;
};

/** Keeps a message durably. When it throws, the message counts as not decrypted, and is asked for again. */
export type Keep = (message: WAMessage) => Promise<void>;

const ENCRYPTED = "enc";

export function createIntake(): Intake {
  /** Which stanza a ciphertext came in. */
  const stanzas = new WeakMap<Uint8Array, BinaryNode>();
  /** What was decrypted of a stanza so far: group messages bring a key and a text. */
  const decrypted = new WeakMap<BinaryNode, proto.IMessage>();
  let keepMessage: Keep | undefined;

  const take = async (auth: SignalAuthState, ciphertext: Uint8Array, plaintext: Uint8Array): Promise<void> => {
    const stanza = stanzas.get(ciphertext);
    if (stanza === undefined || keepMessage === undefined) return;
    const message = toMessage(auth, stanza, { ...decrypted.get(stanza), ...contentOf(plaintext) });
    if (message === undefined) return;
    decrypted.set(stanza, message.message ?? {});
    await keepMessage(message);
  };

  return {
    makeSignalRepository: (auth, logger, pnToLid) => {
      const repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, logger, pnToLid);
      return wrap(repository, auth, take);
    },
    listen: (socket, keep) => {
      keepMessage = keep;
      const hear = (stanza: BinaryNode): void => {
        if (!Array.isArray(stanza.content)) return;
        for (const { tag, content } of stanza.content) if (tag === ENCRYPTED && content instanceof Uint8Array) stanzas.set(content, stanza);
      };
      socket.ws.prependListener("CB:message", hear);
      return () => void socket.ws.off("CB:message", hear);
    },
  };
}

type Take = (auth: SignalAuthState, ciphertext: Uint8Array, plaintext: Uint8Array) => Promise<void>;

/** The outer transaction is the one that commits: the library's own joins it. */
function wrap(repository: SignalRepositoryWithLIDStore, auth: SignalAuthState, take: Take): SignalRepositoryWithLIDStore {
  const keys = auth.keys as SignalKeyStoreWithTransaction;
  return {
    ...repository,
    decryptMessage: (options) =>
      keys.transaction(async () => {
        const plaintext = await repository.decryptMessage(options);
        await take(auth, options.ciphertext, plaintext);
        return plaintext;
      }, options.jid),
    decryptGroupMessage: (options) =>
      keys.transaction(async () => {
        const plaintext = await repository.decryptGroupMessage(options);
        await take(auth, options.msg, plaintext);
        return plaintext;
      }, options.group),
  };
}

/** As the library reads it; nothing when it is not well formed, which the library then says itself. */
function contentOf(plaintext: Uint8Array): proto.IMessage | undefined {
  try {
    const message = proto.Message.decode(unpadRandomMax16(plaintext));
    return message.deviceSentMessage?.message ?? message;
  } catch {
    return undefined;
  }
}

function toMessage({ creds }: SignalAuthState, stanza: BinaryNode, content: proto.IMessage): WAMessage | undefined {
  const { id, lid } = (creds as AuthenticationCreds).me ?? {};
  if (id === undefined) return undefined;
  try {
    const { fullMessage } = decodeMessageNode(stanza, id, lid ?? "");
    fullMessage.message = content;
    cleanMessage(fullMessage, id, lid ?? "");
    return fullMessage;
  } catch {
    return undefined;
  }
}
