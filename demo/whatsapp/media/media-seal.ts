import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { getMediaKeys, sha256, type MediaType } from "@whiskeysockets/baileys";

const MAC_BYTES = 10;

/** A file as it lies on the media host, and what opens it. */
export type SealedMedia = { readonly file: Buffer; readonly mediaKey: Buffer; readonly fileSha256: Buffer; readonly fileEncSha256: Buffer };

/** Encrypts a file as a phone does before it uploads it: AES-256-CBC, then ten bytes of HMAC. */
export async function sealMedia(plaintext: Buffer, type: MediaType): Promise<SealedMedia> {
  const mediaKey = randomBytes(32);
  const { iv, cipherKey, macKey } = await keysOf(mediaKey, type);
  const cipher = createCipheriv("aes-256-cbc", cipherKey, iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const file = Buffer.concat([ciphertext, macOf(macKey, iv, ciphertext)]);
  return { file, mediaKey, fileSha256: sha256(plaintext), fileEncSha256: sha256(file) };
}

/** The other way. Throws when a byte of it was changed. */
export async function openMedia(file: Buffer, mediaKey: Uint8Array, type: MediaType): Promise<Buffer> {
  const { iv, cipherKey, macKey } = await keysOf(Buffer.from(mediaKey), type);
  const ciphertext = file.subarray(0, -MAC_BYTES);
  if (!macOf(macKey, iv, ciphertext).equals(file.subarray(-MAC_BYTES))) throw new Error("the media's MAC does not fit: the file was changed");
  const decipher = createDecipheriv("aes-256-cbc", cipherKey, iv);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

type Keys = { readonly iv: Buffer; readonly cipherKey: Buffer; readonly macKey: Buffer };

async function keysOf(mediaKey: Buffer, type: MediaType): Promise<Keys> {
  const { iv, cipherKey, macKey } = await getMediaKeys(mediaKey, type);
  if (macKey === undefined || macKey === null) throw new Error(`no MAC key for media of type ${type}`);
  return { iv: Buffer.from(iv), cipherKey: Buffer.from(cipherKey), macKey: Buffer.from(macKey) };
}

const macOf = (macKey: Buffer, iv: Buffer, ciphertext: Buffer): Buffer =>
  createHmac("sha256", macKey).update(iv).update(ciphertext).digest().subarray(0, MAC_BYTES);
