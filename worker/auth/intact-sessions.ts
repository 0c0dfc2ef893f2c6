import type { SignalDataTypeMap, SignalKeyStoreWithTransaction, SignalRepositoryWithLIDStore } from "@whiskeysockets/baileys";

/** A record as the Signal library stores it: every session ever begun with one device, open or closed. */
type SessionRecord = { readonly _sessions: Readonly<Record<string, { readonly indexInfo: { readonly used?: number } }>> };

/**
 * Decrypts with each session of a record on a copy of it. The Signal library tries them on the record itself, and steps the
 * ratchet of each before it knows whether the message belongs to it: when a later one fits, the ones tried before it are
 * stored out of step, and what is sent with them next cannot be read. Several sessions are the rule: the client library
 * begins a new one whenever it asks for a person's devices. To be called inside of a transaction of these keys.
 */
export async function decryptIntact(keys: SignalKeyStoreWithTransaction, address: string, decrypt: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const record = await readRecord(keys, address);
  const sessions = Object.entries(record?._sessions ?? {});
  if (record === undefined || sessions.length < 2) return decrypt();
  sessions.sort(([, one], [, other]) => (other.indexInfo.used ?? 0) - (one.indexInfo.used ?? 0));
  let failure: unknown;
  for (const [name, session] of sessions) {
    await writeRecord(keys, address, { ...record, _sessions: { [name]: structuredClone(session) } });
    try {
      const plaintext = await decrypt();
      const stepped = await readRecord(keys, address);
      await writeRecord(keys, address, { ...record, _sessions: { ...record._sessions, ...stepped?._sessions } });
      return plaintext;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Where the sessions with a device lie: under its LID, once that is known. */
export async function sessionAddress(repository: SignalRepositoryWithLIDStore, jid: string): Promise<string> {
  const lid = jid.endsWith("@s.whatsapp.net") ? await repository.lidMapping.getLIDForPN(jid) : null;
  return repository.jidToSignalProtocolAddress(lid ?? jid);
}

async function readRecord(keys: SignalKeyStoreWithTransaction, address: string): Promise<SessionRecord | undefined> {
  const { [address]: record } = await keys.get("session", [address]);
  // The client library types what it stores as bytes.
  return record as unknown as SessionRecord | undefined;
}

async function writeRecord(keys: SignalKeyStoreWithTransaction, address: string, record: SessionRecord): Promise<void> {
  await keys.set({ session: { [address]: record as unknown as SignalDataTypeMap["session"] } });
}
