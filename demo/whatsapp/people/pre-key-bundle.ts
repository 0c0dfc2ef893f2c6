import { KEY_BUNDLE_TYPE, type BinaryNode } from "@whiskeysockets/baileys";
import { bytes, child, fromBigEndian, stanza, toBigEndian } from "../wire/stanza.ts";

type PublicKey = { readonly keyId: number; readonly publicKey: Uint8Array };

/** What a stranger needs to begin a Signal session with a device. Keys are bare, without the type byte. */
export type PreKeyBundle = {
  readonly registrationId: number;
  readonly identityKey: Uint8Array;
  readonly signedPreKey: PublicKey & { readonly signature: Uint8Array };
  readonly preKey: PublicKey | undefined;
};

/** A bundle as the answer to a request for keys carries it. */
export function renderBundle(jid: string, { registrationId, identityKey, signedPreKey, preKey }: PreKeyBundle): BinaryNode {
  return stanza("user", { jid }, [
    stanza("registration", {}, toBigEndian(registrationId, 4)),
    stanza("type", {}, KEY_BUNDLE_TYPE),
    stanza("identity", {}, identityKey),
    stanza("skey", {}, [...renderKey(signedPreKey), stanza("signature", {}, signedPreKey.signature)]),
    ...(preKey === undefined ? [] : [stanza("key", {}, renderKey(preKey))]),
  ]);
}

const renderKey = ({ keyId, publicKey }: PublicKey): BinaryNode[] => [stanza("id", {}, toBigEndian(keyId, 3)), stanza("value", {}, publicKey)];

export const readKey = (node: BinaryNode | undefined): PublicKey => ({
  keyId: fromBigEndian(bytes(child(node, "id"))),
  publicKey: bytes(child(node, "value")),
});

export const readSignedKey = (node: BinaryNode | undefined): PreKeyBundle["signedPreKey"] => ({
  ...readKey(node),
  signature: bytes(child(node, "signature")),
});
