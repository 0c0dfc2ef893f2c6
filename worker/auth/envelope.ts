import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { BufferJSON } from "@whiskeysockets/baileys";
import { z } from "zod";

/** How values of the authentication state lie in a JSON column: as Baileys' JSON, or sealed (AES-256-GCM). */

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_DIGITS = 8;

const envelope = z.object({
  sealed: z.literal(1),
  /** Which key; tells nothing of it. */
  key: z.string(),
  /** Nonce, tag and ciphertext, base64. */
  data: z.base64(),
});

export type Sealer = {
  /** JSON text for the column. `place` is where it lies: moved elsewhere, it cannot be opened. */
  readonly seal: (value: unknown, place: string) => string;
  /** What was sealed, or stored in clear before there was a key. Throws when no key opens it. */
  readonly open: (stored: unknown, place: string) => unknown;
};

/** The first key seals, all of them open; without any, values are stored in clear. */
export function createSealer(keys: readonly Buffer[]): Sealer {
  const [current] = keys;
  return {
    seal: (value, place) => {
      const text = JSON.stringify(value, BufferJSON.replacer);
      return current === undefined ? text : JSON.stringify(sealText(text, current, place));
    },
    open: (stored, place) => {
      const parsed = envelope.safeParse(stored);
      if (!parsed.success) return revive(JSON.stringify(stored));
      const key = keys.find((each) => idOf(each) === parsed.data.key);
      if (key === undefined) throw new Error("no key of this id is configured");
      return revive(openText(Buffer.from(parsed.data.data, "base64"), key, place));
    },
  };
}

function sealText(text: string, key: Buffer, place: string): z.infer<typeof envelope> {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(place));
  const ciphertext = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return { sealed: 1, key: idOf(key), data: Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString("base64") };
}

function openText(data: Buffer, key: Buffer, place: string): string {
  const nonce = data.subarray(0, NONCE_BYTES);
  const tag = data.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce).setAAD(Buffer.from(place)).setAuthTag(tag);
  return decipher.update(data.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
}

function idOf(key: Buffer): string {
  return createHash("sha256").update("parallax auth state key id\n").update(key).digest("hex").slice(0, KEY_ID_DIGITS);
}

function revive(text: string): unknown {
  return JSON.parse(text, BufferJSON.reviver);
}
