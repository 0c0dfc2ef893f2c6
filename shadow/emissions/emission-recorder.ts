import { createHmac } from "node:crypto";
import type { Redactor } from "../../lib/redact.ts";
import type { Emission, EmissionSpec, Settled } from "../core/emissions/emission.ts";
import type { EmissionEnd } from "../core/emissions/emission-ledger.ts";
import { minuteOf } from "../core/exchange.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { Difference } from "../core/types.ts";
import type { DriftBuffer } from "../store/drift-buffer.ts";
import type { EmissionBuffer } from "../store/emission-buffer.ts";
import { evidenceNameOf } from "../store/emissions.ts";
import type { EvidenceBuffer } from "../store/evidence-buffer.ts";
import type { EmissionFields } from "./emission-fields.ts";
import { toExemplar, varietyOf } from "./emission-exemplar.ts";
import { attemptIdOf, membersOf, tenantOf } from "./payload.ts";

export type EmissionRecorderParts = {
  readonly counts: EmissionBuffer;
  readonly drifts: DriftBuffer;
  readonly evidence: EvidenceBuffer;
  readonly fields: EmissionFields;
  readonly redactor: Redactor;
  readonly specOf: (event: string) => EmissionSpec;
  readonly tenantMember: string;
  /** Keys the identities of emissions, which may name people. */
  readonly evidenceKey: string;
  readonly onEnd: (event: string, end: EmissionEnd) => void;
};

/** What was judged; the rest is no evidence. */
const JUDGED: ReadonlySet<EmissionEnd> = new Set<EmissionEnd>(["matched", "drift", "missing", "extra", "duplicate"]);
const KEY_LENGTH = 32;

/** Turns verdicts on emissions into counts, evidence and redacted records of drift. Nothing raw passes. */
export class EmissionRecorder {
  readonly #parts: EmissionRecorderParts;

  constructor(parts: EmissionRecorderParts) {
    this.#parts = parts;
  }

  captured({ event, atMs }: Emission): void {
    this.#parts.counts.count(event, minuteOf(atMs), "captured");
  }

  /** Ended without a verdict. */
  ended({ event, atMs }: Emission, end: EmissionEnd): void {
    this.#count(event, minuteOf(atMs), end);
  }

  /** `derived`: only the one of legacy was captured. */
  settled({ event, outcome, differences, legacy, nest, minuteMs }: Settled, how?: "derived"): void {
    const first = legacy ?? nest;
    if (first === undefined) return;
    const second = legacy !== undefined && nest !== undefined && how === undefined ? (legacy.atMs <= nest.atMs ? nest : legacy) : undefined;
    if (second !== undefined) this.#parts.counts.count(event, minuteOf(second.atMs), "captured", -1); // a pair counts once
    this.#count(event, minuteMs, outcome);
    if (!JUDGED.has(outcome)) return;
    this.#parts.fields.look(this.#nameOf(event), first.data, this.#parts.specOf(event));
    const fingerprints = this.#recordDrifts(first, differences);
    this.#parts.evidence.add({ endpoint: evidenceNameOf(this.#nameOf(event)), key: this.#evidenceOf(first), fingerprints, seenAtMs: Date.now() });
  }

  /** Equal for emissions that say the same: a repetition is no new evidence. */
  #evidenceOf(emission: Emission): string {
    return createHmac("sha256", this.#parts.evidenceKey).update(attemptIdOf(emission)).digest("hex").slice(0, KEY_LENGTH);
  }

  #recordDrifts({ event, data }: Emission, differences: readonly Difference[]): readonly string[] {
    if (differences.length === 0) return [];
    const { drifts, redactor, tenantMember } = this.#parts;
    const name = this.#nameOf(event);
    const tenant = tenantOf(membersOf(data), tenantMember);
    const nowMs = Date.now();
    const seen = new Map(differences.map((difference) => [fingerprint({ kind: "emission", name }, difference), difference] as const));
    for (const [id, difference] of seen) {
      const { path, kind, legacyShape, nestShape } = difference;
      const common = { fingerprint: id, subject: "emission", endpoint: name, path, kind, legacyShape, nestShape, isIntermittent: false } as const;
      drifts.add({ ...common, seenAtMs: nowMs, minuteMs: minuteOf(nowMs) });
      const instance = { event: name, tenant, difference };
      const variety = varietyOf(instance, redactor);
      if (drifts.wantsExemplar(id, variety, nowMs))
        drifts.addExemplar({ fingerprint: id, variety, seenAtMs: nowMs, data: toExemplar(instance, redactor) });
    }
    return [...seen.keys()];
  }

  #count(event: string, minuteMs: number, end: EmissionEnd): void {
    this.#parts.counts.count(event, minuteMs, end);
    this.#parts.onEnd(this.#nameOf(event), end);
  }

  #nameOf(event: string): string {
    return this.#parts.counts.nameOf(event);
  }
}
