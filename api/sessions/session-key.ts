const RANDOM_LENGTH = 15;
const ALPHABET = 36;

/** A key for a session nobody named: `session-` and an id in the form of `cuid()`, ascending with time. */
export function mintSessionKey(nowMs: number, random: Uint8Array): string {
  const tail = Array.from(random.slice(0, RANDOM_LENGTH), (byte) => (byte % ALPHABET).toString(ALPHABET)).join("");
  return `session-c${nowMs.toString(ALPHABET).padStart(9, "0")}${tail}`;
}

/** Bytes that `mintSessionKey` takes. */
export const SESSION_KEY_BYTES = RANDOM_LENGTH;
