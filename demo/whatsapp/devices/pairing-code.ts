import { hkdfSync, randomBytes } from "node:crypto";
import { aesDecryptCTR, aesDecryptGCM, aesEncryptCTR, Curve, derivePairingCodeKey, type BinaryNode } from "@whiskeysockets/baileys";
import type { Connection } from "../wire/connection.ts";
import { phoneJid, type Person } from "../people/person.ts";
import { orHungUp } from "../wire/hung-up.ts";
import { bytes, child, SERVER, stanza } from "../wire/stanza.ts";
import { toSeconds, type World } from "../world.ts";

const NOTHING = Buffer.alloc(0);

/** A client that asked to be paired by code with one phone. */
export type CodeRequest = {
  /** The owner types the code: answers the secret both sides then share. Throws when the code was another. */
  readonly enter: (owner: Person, code: string) => Promise<Buffer>;
  /** The client's answer to what the phone sent. */
  readonly finish: (node: BinaryNode) => void;
};

/** Takes a client's `companion_hello`. */
export function openCodeRequest(world: World, connection: Connection, hello: BinaryNode): CodeRequest {
  const wrapped = bytes(child(hello, "link_code_pairing_wrapped_companion_ephemeral_pub"));
  let finished: ((node: BinaryNode) => void) | undefined;
  return {
    enter: async (owner, code) => {
      const companionKey = aesDecryptCTR(wrapped.subarray(48), await derivePairingCodeKey(code, wrapped.subarray(0, 32)), wrapped.subarray(32, 48));
      const ephemeral = Curve.generateKeyPair();
      const answer = new Promise<BinaryNode>((resolve) => (finished = resolve));
      connection.send(primaryHello(owner, await wrapKey(ephemeral.public, code), toSeconds(world.now())));
      return readBundle(await orHungUp(connection, answer), { owner, shared: Curve.sharedKey(ephemeral.private, companionKey) });
    },
    finish: (node) => finished?.(node),
  };
}

async function wrapKey(publicKey: Uint8Array, code: string): Promise<Buffer> {
  const salt = randomBytes(32);
  const iv = randomBytes(16);
  return Buffer.concat([salt, iv, aesEncryptCTR(publicKey, await derivePairingCodeKey(code, salt), iv)]);
}

const primaryHello = (owner: Person, wrapped: Buffer, t: string): BinaryNode =>
  stanza("notification", { from: SERVER, type: "link_code_companion_reg", id: randomBytes(4).toString("hex"), t }, [
    stanza("link_code_companion_reg", { stage: "primary_hello", jid: phoneJid(owner.phone) }, [
      stanza("link_code_pairing_ref", {}, randomBytes(16)),
      stanza("primary_identity_pub", {}, owner.identityKey.public),
      stanza("link_code_pairing_wrapped_primary_ephemeral_pub", {}, wrapped),
    ]),
  ]);

/** The bundle opens only for who typed the same code: its key comes from both ephemeral keys. */
function readBundle(finish: BinaryNode, { owner, shared }: { readonly owner: Person; readonly shared: Buffer }): Buffer {
  const sealed = bytes(child(finish, "link_code_pairing_wrapped_key_bundle"));
  const key = Buffer.from(hkdfSync("sha256", shared, sealed.subarray(0, 32), "link_code_pairing_key_bundle_encryption_key", 32));
  let bundle: Buffer;
  try {
    bundle = aesDecryptGCM(sealed.subarray(44), key, sealed.subarray(32, 44), NOTHING);
  } catch {
    throw new Error("this is not the code the client shows");
  }
  const identityShared = Curve.sharedKey(owner.identityKey.private, bundle.subarray(0, 32));
  return Buffer.from(hkdfSync("sha256", Buffer.concat([shared, identityShared, bundle.subarray(64)]), NOTHING, "adv_secret", 32));
}
