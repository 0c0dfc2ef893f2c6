import { messageOf } from "../../lib/errors.ts";
import type { DriftBuffer } from "./drift-buffer.ts";
import type { EmissionBuffer } from "./emission-buffer.ts";
import { writeEmissions } from "./emissions.ts";
import type { FieldBuffer } from "./field-buffer.ts";
import { writeFields } from "./fields.ts";
import type { LedgerBuffer } from "./ledger-buffer.ts";
import { writeEvidence, type EvidenceBuffer } from "./evidence-buffer.ts";
import { beatRun } from "./runs.ts";
import type { StoreClient } from "./store.ts";
import { writeDrifts } from "./write-drifts.ts";
import { writeCoverage, writeLedger, type WriterIdentity } from "./write-ledger.ts";

const FLUSH_EVERY_MS = 1_000;

export type FlusherOptions = {
  readonly store: StoreClient;
  readonly identity: WriterIdentity;
  readonly ledger: LedgerBuffer;
  readonly drifts?: DriftBuffer;
  readonly evidence?: EvidenceBuffer;
  readonly fields?: FieldBuffer;
  readonly emissions?: EmissionBuffer;
  /** Told after every flush whether the store took it. */
  readonly onState: (state: { readonly isUp: boolean; readonly reason?: string }) => void;
};

/** Writes buffered counts every second, one flush at a time. What could not be written stays buffered. */
export class Flusher {
  readonly #options: FlusherOptions;
  #running: Promise<boolean> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FlusherOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  /** Writes all that was counted before the call. Never throws; false when the store did not take it. */
  async flush(): Promise<boolean> {
    await this.#running;
    return (this.#running ??= this.#write().finally(() => (this.#running = undefined)));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write(): Promise<boolean> {
    const { store, identity, ledger, drifts, evidence, fields, emissions, onState } = this.#options;
    const nowMs = Date.now();
    const counts = ledger.take(nowMs);
    const found = drifts?.take(nowMs);
    const pairs = evidence?.take();
    const seen = fields?.take();
    const captured = emissions?.take(nowMs);
    try {
      await beatRun(store, identity.run);
      await writeLedger(store, identity, counts.ledger);
      await writeCoverage(store, identity, counts.coverage);
      if (found !== undefined) await writeDrifts(store, identity, found);
      if (pairs !== undefined) await writeEvidence(store, pairs.pieces);
      if (seen !== undefined) await writeFields(store, identity, seen.rows);
      if (captured !== undefined) await writeEmissions(store, identity, captured.rows);
      onState({ isUp: true });
      return true;
    } catch (error) {
      counts.restore();
      found?.restore();
      pairs?.restore();
      seen?.restore();
      captured?.restore();
      onState({ isUp: false, reason: messageOf(error).split("\n").at(-1) ?? "" });
      return false;
    }
  }
}
