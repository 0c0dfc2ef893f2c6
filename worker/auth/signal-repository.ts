import { AsyncLocalStorage } from "node:async_hooks";
import { addTransactionCapability, type SignalDataSet, type SignalKeyStore, type SocketConfig } from "@whiskeysockets/baileys";
import { INBOX_TYPE, type Inbox } from "./inbox.ts";
import { decryptIntact, sessionAddress } from "./intact-sessions.ts";
import { createTurns } from "./turns.ts";

/** A failed write ends the socket: trying again in the background would let it go on meanwhile. */
export const TRANSACTION_OPTIONS = { maxCommitRetries: 1, delayBetweenTriesMs: 0 } as const;

/** Whether anything of a send was encrypted, and so may have left the process. */
export type SendTrace = { hasEncrypted: boolean };
export const sendTrace = new AsyncLocalStorage<SendTrace>();

export type SignalRepositoryFactory = SocketConfig["makeSignalRepository"];

/**
 * Baileys' Signal repository with transactions of its own. Baileys would let them be part of the transaction around a whole
 * send, whose keys are stored after the frame has left: killed in between, the next message would repeat a key that is used
 * up, and could not be decrypted. Here each encryption and decryption is stored before its result is known to anybody.
 */
export function createSignalRepositoryFactory(base: SignalRepositoryFactory, store: SignalKeyStore, inbox: Inbox): SignalRepositoryFactory {
  return (auth, logger, pnToLid) => {
    const keys = addTransactionCapability(store, logger, TRANSACTION_OPTIONS);
    const repository = base({ creds: auth.creds, keys }, logger, pnToLid);

    // One address of a person leads to another's session: what the library queues by address alone loses steps of the ratchet.
    const inTurn = createTurns();

    const decryptOnce = (ciphertext: Uint8Array, queue: string, decrypt: () => Promise<Uint8Array>): Promise<Uint8Array> =>
      inTurn(async () => {
        const known = inbox.plaintextOf(ciphertext);
        if (known !== undefined) return known;
        const { plaintext, row } = await keys.transaction(async () => {
          const decrypted = await decrypt();
          const stored = inbox.toRow(ciphertext, decrypted);
          if (stored !== undefined) await keys.set({ [INBOX_TYPE]: { [stored.id]: stored.received } } as SignalDataSet);
          return { plaintext: decrypted, row: stored };
        }, queue);
        if (row !== undefined) inbox.stored(row.id, row.received);
        return plaintext;
      });
    const encryptTraced = <Result>(encrypt: () => Promise<Result>): Promise<Result> => {
      const trace = sendTrace.getStore();
      if (trace !== undefined) trace.hasEncrypted = true;
      return inTurn(encrypt);
    };

    return {
      ...repository,
      decryptMessage: (options) => {
        const decrypt = (): Promise<Uint8Array> => repository.decryptMessage(options);
        return decryptOnce(options.ciphertext, options.jid, async () =>
          options.type === "msg" ? decryptIntact(keys, await sessionAddress(repository, options.jid), decrypt) : decrypt(),
        );
      },
      decryptGroupMessage: (options) => decryptOnce(options.msg, options.group, () => repository.decryptGroupMessage(options)),
      encryptMessage: (options) => encryptTraced(() => repository.encryptMessage(options)),
      encryptGroupMessage: (options) => encryptTraced(() => repository.encryptGroupMessage(options)),
      processSenderKeyDistributionMessage: (options) => inTurn(() => repository.processSenderKeyDistributionMessage(options)),
      getSenderKeyDistributionMessage: (options) => inTurn(() => repository.getSenderKeyDistributionMessage(options)),
      injectE2ESession: (options) => inTurn(() => repository.injectE2ESession(options)),
      migrateSession: (from, to) => inTurn(() => repository.migrateSession(from, to)),
      deleteSession: (jids) => inTurn(() => repository.deleteSession(jids)),
    };
  };
}
