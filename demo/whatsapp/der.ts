/** The few pieces of ASN.1 DER a certificate is made of. */

const CONSTRUCTED = 0x20;
const CONTEXT = 0x80;

function value(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

export const der = {
  sequence: (...parts: readonly Uint8Array[]): Buffer => value(0x10 | CONSTRUCTED, ...parts),
  set: (...parts: readonly Uint8Array[]): Buffer => value(0x11 | CONSTRUCTED, ...parts),
  /** A number that is not negative, big-endian, in as few bytes as it needs (X.690, 8.3.2): one more zero, and OpenSSL refuses the whole. */
  integer: (bytes: Buffer): Buffer => {
    const first = bytes.findIndex((byte) => byte !== 0);
    const needed = first === -1 ? Buffer.from([0]) : bytes.subarray(first);
    return value(0x02, (needed[0] ?? 0) < 0x80 ? needed : Buffer.concat([Buffer.from([0]), needed]));
  },
  boolean: (isTrue: boolean): Buffer => value(0x01, Buffer.from([isTrue ? 0xff : 0])),
  bitString: (bytes: Uint8Array): Buffer => value(0x03, Buffer.from([0]), bytes),
  octetString: (bytes: Uint8Array): Buffer => value(0x04, bytes),
  text: (text: string): Buffer => value(0x0c, Buffer.from(text)),
  time: (date: Date): Buffer => value(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`)),
  /** A tag of the structure's own, around others or bare. */
  context: (number: number, ...parts: readonly Uint8Array[]): Buffer => value(CONTEXT | CONSTRUCTED | number, ...parts),
  bare: (number: number, bytes: Uint8Array): Buffer => value(CONTEXT | number, bytes),
  objectId: (dotted: string): Buffer => {
    const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
    return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(toBase128)]));
  },
};

function toBase128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let rest = number >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
