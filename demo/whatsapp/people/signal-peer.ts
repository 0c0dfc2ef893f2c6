import {
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  encodeWAMessage,
  generateSignalPubKey,
  initAuthCreds,
  proto,
  unpadRandomMax16,
  type BinaryNode,
} from "@whiskeysockets/baileys";
import type { PreKeyBundle } from "./pre-key-bundle.ts";
import type { Person } from "./person.ts";
import type { Shelf } from "../shelf.ts";
import { decryptIntact, sessionAddress } from "../../../worker/auth/intact-sessions.ts";
import { createSignalKeys } from "./signal-keys.ts";
import { silentLogger } from "../silent-logger.ts";
import { stanza } from "../wire/stanza.ts";

type CipherType = "pkmsg" | "msg";

/** One person's phone as Signal sees it, built from Baileys' own repository. Devices are named by their LID, with the device number. */
export type SignalPeer = {
  /** An `<enc>` for one device; `fetchBundle` is asked when there is no session with it yet, or a fresh one is wanted. */
  readonly encrypt: (device: string, message: proto.IMessage, fetchBundle: () => Promise<PreKeyBundle>, isFresh?: boolean) => Promise<BinaryNode>;
  readonly decrypt: (device: string, type: CipherType, ciphertext: Uint8Array) => Promise<proto.Message>;
  readonly encryptForGroup: (group: string, message: proto.IMessage) => Promise<{ readonly enc: BinaryNode; readonly distribution: proto.IMessage }>;
  readonly decryptFromGroup: (group: string, device: string, ciphertext: Uint8Array) => Promise<proto.Message>;
  readonly learnSenderKey: (device: string, message: proto.Message) => Promise<void>;
  /** What somebody needs to write to this phone for the first time: a new one-time key each time. */
  readonly bundle: () => Promise<PreKeyBundle>;
};

export function createSignalPeer(person: Person, shelf: Shelf): SignalPeer {
  const { identityKey, signedPreKey, registrationId } = person;
  const keys = createSignalKeys(shelf, person.phone);
  const creds = { ...initAuthCreds(), signedIdentityKey: identityKey, signedPreKey, registrationId };
  const repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, silentLogger, async () => []);
  const encOf = (type: string, ciphertext: Uint8Array): BinaryNode => stanza("enc", { v: "2", type }, ciphertext);

  return {
    encrypt: async (device, message, fetchBundle, isFresh = false) => {
      const { exists } = await repository.validateSession(device);
      if (!exists || isFresh) await repository.injectE2ESession({ jid: device, session: toSession(await fetchBundle()) });
      const { type, ciphertext } = await repository.encryptMessage({ jid: device, data: encodeWAMessage(message) });
      return encOf(type, ciphertext);
    },
    decrypt: async (device, type, ciphertext) => {
      const decrypt = (): Promise<Uint8Array> => repository.decryptMessage({ jid: device, type, ciphertext });
      // A phone's Signal library does not spoil its sessions by trying them.
      const decrypted =
        type === "msg" ? keys.transaction(async () => decryptIntact(keys, await sessionAddress(repository, device), decrypt), device) : decrypt();
      return decode(await decrypted);
    },
    encryptForGroup: async (group, message) => {
      const { ciphertext, senderKeyDistributionMessage } = await repository.encryptGroupMessage({
        group,
        meId: `${person.phone}@s.whatsapp.net`,
        data: encodeWAMessage(message),
      });
      const distribution = { senderKeyDistributionMessage: { groupId: group, axolotlSenderKeyDistributionMessage: senderKeyDistributionMessage } };
      return { enc: encOf("skmsg", ciphertext), distribution };
    },
    decryptFromGroup: async (group, device, ciphertext) =>
      decode(await repository.decryptGroupMessage({ group, authorJid: device, msg: ciphertext })),
    learnSenderKey: async (device, { senderKeyDistributionMessage }) => {
      if (senderKeyDistributionMessage)
        await repository.processSenderKeyDistributionMessage({ item: senderKeyDistributionMessage, authorJid: device });
    },
    bundle: async () => {
      const keyId = (shelf.get(counterOf(person)) as number | undefined) ?? 1;
      const oneTime = Curve.generateKeyPair();
      await shelf.write([[counterOf(person), keyId + 1]]);
      await keys.set({ "pre-key": { [keyId]: oneTime } });
      return {
        registrationId,
        identityKey: identityKey.public,
        signedPreKey: { keyId: signedPreKey.keyId, publicKey: signedPreKey.keyPair.public, signature: signedPreKey.signature },
        preKey: { keyId, publicKey: oneTime.public },
      };
    },
  };
}

const counterOf = ({ phone }: Person): string => `pre-key-counter/${phone}`;

const decode = (padded: Uint8Array): proto.Message => proto.Message.decode(unpadRandomMax16(padded));

/** libsignal takes absent one-time keys, its types do not. */
function toSession({ registrationId, identityKey, signedPreKey, preKey }: PreKeyBundle): Parameters<Repository["injectE2ESession"]>[0]["session"] {
  const session = {
    registrationId,
    identityKey: generateSignalPubKey(identityKey),
    signedPreKey: { ...signedPreKey, publicKey: generateSignalPubKey(signedPreKey.publicKey) },
    ...(preKey === undefined ? {} : { preKey: { keyId: preKey.keyId, publicKey: generateSignalPubKey(preKey.publicKey) } }),
  };
  return session;
}

type Repository = ReturnType<typeof DEFAULT_CONNECTION_CONFIG.makeSignalRepository>;
