import { hkdfSync } from "node:crypto";
import { aesDecryptGCM, aesEncryptGCM, Curve, NOISE_MODE, proto, sha256, type KeyPair } from "@whiskeysockets/baileys";
import { CLIENT_INTRO } from "./frames.ts";

const NOTHING = Buffer.alloc(0);
const IV_BYTES = 12;

export type ClientHandshake = { readonly payload: proto.ClientPayload; readonly noiseKey: Buffer };

export type NoiseResponder = {
  /** Takes the client's hello and answers the server's, both as handshake messages. */
  readonly answerHello: (frame: Buffer) => Buffer;
  /** Takes the client's last handshake message: who it is and what it wants. From here on, frames are encrypted. */
  readonly readFinish: (frame: Buffer) => ClientHandshake;
  readonly encrypt: (plaintext: Uint8Array) => Buffer;
  readonly decrypt: (frame: Buffer) => Buffer;
};

export type NoiseIdentity = { readonly keyPair: KeyPair; readonly certificateChain: Uint8Array };

/** The responder of Noise_XX_25519_AESGCM_SHA256 as WhatsApp speaks it. One for each connection. */
export function createNoiseResponder({ keyPair, certificateChain }: NoiseIdentity): NoiseResponder {
  const ephemeral = Curve.generateKeyPair();
  let hash: Buffer = Buffer.from(NOISE_MODE);
  let salt: Buffer = hash;
  let key: Buffer = hash;
  let counter = 0;
  let clientEphemeral: Buffer = NOTHING;
  let sending: Cipher | undefined;
  let receiving: Cipher | undefined;

  const mixHash = (data: Uint8Array): void => {
    hash = sha256(Buffer.concat([hash, data]));
  };
  const mixKey = (secret: Uint8Array): void => {
    [salt, key] = expand(secret, salt);
    counter = 0;
  };
  const seal = (plaintext: Uint8Array): Buffer => {
    const sealed = aesEncryptGCM(plaintext, key, toIv(counter++), hash);
    mixHash(sealed);
    return sealed;
  };
  const open = (sealed: Uint8Array): Buffer => {
    const opened = aesDecryptGCM(sealed, key, toIv(counter++), hash);
    mixHash(sealed);
    return opened;
  };
  mixHash(CLIENT_INTRO);

  return {
    answerHello: (frame) => {
      clientEphemeral = Buffer.from(proto.HandshakeMessage.decode(frame).clientHello?.ephemeral ?? NOTHING);
      mixHash(clientEphemeral);
      mixHash(ephemeral.public);
      mixKey(Curve.sharedKey(ephemeral.private, clientEphemeral));
      const sealedStatic = seal(keyPair.public);
      mixKey(Curve.sharedKey(keyPair.private, clientEphemeral));
      const payload = seal(certificateChain);
      return Buffer.from(proto.HandshakeMessage.encode({ serverHello: { ephemeral: ephemeral.public, static: sealedStatic, payload } }).finish());
    },
    readFinish: (frame) => {
      const finish = proto.HandshakeMessage.decode(frame).clientFinish;
      const noiseKey = open(finish?.static ?? NOTHING);
      mixKey(Curve.sharedKey(ephemeral.private, noiseKey));
      const payload = proto.ClientPayload.decode(open(finish?.payload ?? NOTHING));
      const [clientToServer, serverToClient] = expand(NOTHING, salt);
      receiving = { key: clientToServer, counter: 0 };
      sending = { key: serverToClient, counter: 0 };
      return { payload, noiseKey };
    },
    encrypt: (plaintext) => {
      const { key: with_, counter: at } = step(sending);
      return aesEncryptGCM(plaintext, with_, toIv(at), NOTHING);
    },
    decrypt: (frame) => {
      const { key: with_, counter: at } = step(receiving);
      return aesDecryptGCM(frame, with_, toIv(at), NOTHING);
    },
  };
}

type Cipher = { readonly key: Buffer; counter: number };

function step(cipher: Cipher | undefined): Readonly<Cipher> {
  if (cipher === undefined) throw new Error("the noise handshake is not finished");
  return { key: cipher.key, counter: cipher.counter++ };
}

function expand(secret: Uint8Array, salt: Buffer): [Buffer, Buffer] {
  const expanded = Buffer.from(hkdfSync("sha256", secret, salt, NOTHING, 64));
  return [expanded.subarray(0, 32), expanded.subarray(32)];
}

function toIv(counter: number): Buffer {
  const iv = Buffer.alloc(IV_BYTES);
  iv.writeUInt32BE(counter, IV_BYTES - 4);
  return iv;
}
