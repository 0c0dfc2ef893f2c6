import type { Claims } from "../subject.ts";

/** The finest share that can be told apart: a hundredth of a percent. */
const BUCKETS = 10_000;

/**
 * True when this subject is answered by nest at this share. Sticky: by tenant, else by user; a request without either is
 * legacy's. Monotone: who is in at 5 % is in at 10 %. The salt keeps one tenant from being first in every family.
 */
export function isInCanary({ tenant, user }: Claims, { salt, percent }: { readonly salt: string; readonly percent: number }): boolean {
  const subject = tenant === undefined ? (user === undefined ? undefined : `user ${user}`) : `tenant ${tenant}`;
  return subject !== undefined && bucketOf(`${salt}\n${subject}`) < (percent * BUCKETS) / 100;
}

/** 0 to 9,999, evenly. */
export function bucketOf(text: string): number {
  return Math.floor((hash32(text) / 2 ** 32) * BUCKETS);
}

/** FNV-1a over UTF-16 units, then the finaliser of MurmurHash3 (Appleby), whose bits are evenly mixed. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
