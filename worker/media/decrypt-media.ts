import { createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import { getMediaKeys } from "@whiskeysockets/baileys";
import { AppError } from "../../lib/errors.ts";
import type { RemoteMedia } from "./remote-media.ts";

const MAC_BYTES = 10;

/**
 * Decrypts what WhatsApp hosts while it streams: AES-256-CBC, and at the end the first ten bytes of an HMAC-SHA256 over iv and ciphertext.
 * Breaks with `MEDIA_CORRUPT` when they do not fit; what came out before is worth nothing then.
 */
export async function createMediaDecryption({ mediaKey, kind }: Pick<RemoteMedia, "mediaKey" | "kind">): Promise<Transform> {
  const { cipherKey, iv, macKey } = await getMediaKeys(Buffer.from(mediaKey, "base64"), kind);
  if (macKey === undefined) throw new AppError("MEDIA_CORRUPT", "the media key gives no key for the check at its end");
  const decipher = createDecipheriv("aes-256-cbc", cipherKey, iv);
  const hmac = createHmac("sha256", macKey).update(iv);
  /** The last bytes so far: they are the check when nothing follows. */
  let tail = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      const all = Buffer.concat([tail, chunk]);
      const end = Math.max(0, all.length - MAC_BYTES);
      const ciphertext = all.subarray(0, end);
      tail = all.subarray(end);
      hmac.update(ciphertext);
      done(null, decipher.update(ciphertext));
    },
    flush(done: TransformCallback) {
      const expected = hmac.digest().subarray(0, MAC_BYTES);
      if (tail.length !== MAC_BYTES || !timingSafeEqual(tail, expected)) return done(corrupt("fails the check at its end"));
      try {
        done(null, decipher.final());
      } catch {
        done(corrupt("cannot be decrypted"));
      }
    },
  });
}

function corrupt(what: string): AppError {
  return new AppError("MEDIA_CORRUPT", `what the media host sent ${what}`);
}
