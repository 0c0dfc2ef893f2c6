import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** What the send ledger stores is of no use without this key, which is not in the database. */
export type SendVault = {
  /** Names the key, so that what was sealed with another one is not mistaken for garbage. */
  readonly keyId: string;
  /** Keyed hash of a payload's text: nobody who reads the table can guess "ok" from it. */
  readonly fingerprint: (text: string) => string;
  /** `context` is bound to it: sealed for one send, it cannot be opened for another. */
  readonly seal: (content: Uint8Array, context: string) => Uint8Array<ArrayBuffer>;
  /** undefined when it was sealed with another key, or for another context, or tampered with. */
  readonly open: (sealed: Uint8Array, context: string) => Uint8Array | undefined;
};

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM and HMAC-SHA256 with keys derived from one secret. */
export function createSendVault(secret: string): SendVault {
  const derive = (purpose: string): Buffer => Buffer.from(hkdfSync("sha256", secret, "", `parallax send ledger: ${purpose}`, KEY_BYTES));
  const [sealKey, hashKey] = [derive("answers"), derive("payloads")];
  return {
    keyId: createHash("sha256").update(derive("name")).digest("hex").slice(0, 12),
    fingerprint: (text) => createHmac("sha256", hashKey).update(text).digest("base64url"),
    seal: (content, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, sealKey, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(content), cipher.final()]);
      return new Uint8Array(Buffer.concat([sealed, cipher.getAuthTag()]));
    },
    open: (sealed, context) => {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv(CIPHER, sealKey, sealed.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(context));
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
