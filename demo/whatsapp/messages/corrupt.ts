/** One bit where every kind of ciphertext has its message, not the unauthenticated ids at the end of the first one. */
export function corrupt(ciphertext: Uint8Array): Buffer {
  const broken = Buffer.from(ciphertext);
  const place = Math.floor(broken.length * 0.6);
  broken[place] = (broken[place] ?? 0) ^ 1;
  return broken;
}
