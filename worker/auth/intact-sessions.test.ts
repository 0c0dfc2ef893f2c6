import { randomBytes } from "node:crypto";
import {
  addTransactionCapability,
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  generateSignalPubKey,
  initAuthCreds,
  type SignalDataSet,
  type SignalKeyStore,
} from "@whiskeysockets/baileys";
import { beforeAll, expect, it } from "vitest";
import { createQuietLogger } from "../session/quiet-logger.ts";
import { silenceConsole } from "../silence.ts";
import { decryptIntact, sessionAddress } from "./intact-sessions.ts";

const quiet = createQuietLogger({ warned: () => {}, failed: () => {} });
beforeAll(() => silenceConsole());

/** A device as Signal sees it, with the real library and its keys in memory. */
function createDevice(user: string) {
  const values = new Map<string, unknown>();
  const store: SignalKeyStore = {
    get: (type, ids) => Object.fromEntries(ids.flatMap((id) => (values.has(`${type}/${id}`) ? [[id, values.get(`${type}/${id}`) as never]] : []))),
    set: (data: SignalDataSet) => {
      for (const [type, entries] of Object.entries(data))
        for (const [id, value] of Object.entries(entries as object)) {
          if (value === null) values.delete(`${type}/${id}`);
          else values.set(`${type}/${id}`, structuredClone(value));
        }
    },
  };
  const creds = initAuthCreds();
  const keys = addTransactionCapability(store, quiet, { maxCommitRetries: 1, delayBetweenTriesMs: 0 });
  const repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, quiet, async () => []);
  let nextPreKey = 1;
  return {
    jid: `${user}@lid`,
    repository,
    keys,
    bundle: async () => {
      const keyId = nextPreKey;
      nextPreKey += 1;
      const preKey = Curve.generateKeyPair();
      await keys.set({ "pre-key": { [keyId]: preKey } });
      const { signedPreKey, signedIdentityKey, registrationId } = creds;
      return {
        registrationId,
        identityKey: generateSignalPubKey(signedIdentityKey.public),
        signedPreKey: { keyId: signedPreKey.keyId, publicKey: generateSignalPubKey(signedPreKey.keyPair.public), signature: signedPreKey.signature },
        preKey: { keyId, publicKey: generateSignalPubKey(preKey.public) },
      };
    },
  };
}
type Device = ReturnType<typeof createDevice>;
type Ciphertext = Awaited<ReturnType<Device["repository"]["encryptMessage"]>>;

const encrypt = (from: Device, to: Device): Promise<Ciphertext> => from.repository.encryptMessage({ jid: to.jid, data: randomBytes(8) });

function decrypt(by: Device, from: Device, { type, ciphertext }: Ciphertext): Promise<Uint8Array> {
  const plain = (): Promise<Uint8Array> => by.repository.decryptMessage({ jid: from.jid, type, ciphertext });
  if (type === "pkmsg") return plain();
  return by.keys.transaction(async () => decryptIntact(by.keys, await sessionAddress(by.repository, from.jid), plain), from.jid);
}

it("two devices that begin sessions at will read everything of each other, whatever the order", async () => {
  const [one, other] = [createDevice("100000000000001"), createDevice("100000000000002")];
  await one.repository.injectE2ESession({ jid: other.jid, session: await other.bundle() });
  await decrypt(other, one, await encrypt(one, other));
  for (let round = 0; round < 12; round += 1) {
    // Both begin anew before they have heard of each other's, as clients do that ask for devices.
    if (round % 3 === 0) await one.repository.injectE2ESession({ jid: other.jid, session: await other.bundle() });
    if (round % 4 === 0) await other.repository.injectE2ESession({ jid: one.jid, session: await one.bundle() });
    const [there, back] = [
      [await encrypt(one, other), await encrypt(one, other)],
      [await encrypt(other, one), await encrypt(other, one)],
    ];
    for (const message of back.toReversed()) await expect(decrypt(one, other, message)).resolves.toHaveLength(8);
    for (const message of there) await expect(decrypt(other, one, message)).resolves.toHaveLength(8);
  }
});
