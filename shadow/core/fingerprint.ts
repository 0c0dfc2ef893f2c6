import type { Difference, DriftKind } from "./types.ts";

export type SubjectKind = "http" | "emission";

/** Kinds whose shapes tell two faults apart: an accepted 404 → 400 must not hide a 200 → 500. */
const SHAPED_KINDS: ReadonlySet<DriftKind> = new Set(["status-code", "type-change", "format-change"]);

export type FingerprintSubject = { readonly kind: SubjectKind; /** endpoint id or event name */ readonly name: string };

/** The identity of a drift: 16 hex digits of the FNV-1a hash of its slots. Slots are fixed in number and escaped. */
export function fingerprint(subject: FingerprintSubject, difference: Pick<Difference, "path" | "kind" | "legacyShape" | "nestShape">): string {
  const shapes = SHAPED_KINDS.has(difference.kind) ? [difference.legacyShape, difference.nestShape] : ["", ""];
  const slots = [subject.kind, subject.name, difference.path, difference.kind, ...shapes];
  return fnv1a64(slots.map(escapeSlot).join("|"));
}

function escapeSlot(slot: string): string {
  return slot.replaceAll("\\", "\\\\").replaceAll("|", "\\|");
}

const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const encoder = new TextEncoder();

/** FNV-1a, 64 bit, over UTF-8 (Fowler, Noll, Vo). */
export function fnv1a64(text: string): string {
  let hash = OFFSET_BASIS;
  for (const byte of encoder.encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return hash.toString(16).padStart(16, "0");
}
