import type { WriteMark } from "./exchange.ts";

/** Remembers recent writes, so that what was read around one is not called drift. Bounded; the oldest go first. */
const KEPT_MS = 60_000;
const MAX_MARKS = 10_000;
/** A write may take effect this long before its answer was seen. */
const SLACK_MS = 50;

export class WriteClock {
  readonly #marks: WriteMark[] = [];

  note(mark: WriteMark): void {
    this.#marks.push(mark);
    while (this.#marks.length > MAX_MARKS || (this.#marks[0]?.atMs ?? mark.atMs) < mark.atMs - KEPT_MS) this.#marks.shift();
  }

  /** True when a write of this tenant and family, or of an unknown tenant, fell into the span. */
  wasTouched(span: { readonly tenant: string | undefined; readonly family: string; readonly fromMs: number; readonly toMs: number }): boolean {
    return this.#marks.some(
      (mark) =>
        mark.family === span.family &&
        (mark.tenant === undefined || span.tenant === undefined || mark.tenant === span.tenant) &&
        mark.atMs >= span.fromMs - SLACK_MS &&
        mark.atMs <= span.toMs + SLACK_MS,
    );
  }
}
