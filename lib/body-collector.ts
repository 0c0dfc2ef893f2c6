import { createHash } from "node:crypto";

/** What was kept of a body: its bytes, or, beyond the cap, its length and hash. */
export type CollectedBody =
  | { readonly kind: "none" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "digest"; readonly length: number; readonly sha256: string };

/** Collects a body up to a cap; beyond it only its length and hash, computed while it streams. */
export class BodyCollector {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #hash: ReturnType<typeof createHash> | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes held in memory: none any more once only the hash is kept. */
  get heldBytes(): number {
    return this.#hash === undefined ? this.#length : 0;
  }

  push(chunk: Uint8Array): void {
    this.#length += chunk.length;
    if (this.#hash !== undefined) {
      this.#hash.update(chunk);
      return;
    }
    this.#chunks.push(chunk);
    if (this.#length <= this.#maxBytes) return;
    this.#hash = createHash("sha256");
    for (const kept of this.#chunks) this.#hash.update(kept);
    this.#chunks = [];
  }

  /** The body in memory of its own, so that it can be handed to another thread. */
  finish(): CollectedBody {
    if (this.#hash !== undefined) return { kind: "digest", length: this.#length, sha256: this.#hash.digest("hex") };
    if (this.#length === 0) return { kind: "none" };
    const bytes = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return { kind: "bytes", bytes };
  }
}
