import type { SelfTestReport } from "../core/summary/report.ts";

/** A test is made every 15 s: without one for so long, nobody knows whether drift would be seen. */
const STALE_AFTER_MS = 60_000;

/** What the detector's last self-test gives reason to say; undefined when all is well, or nothing has begun yet. */
export function selfTestTrouble(last: SelfTestReport | undefined, nowMs: number): string | undefined {
  if (last === undefined) return undefined;
  if (last.missed.length > 0) return `detector self-test: caught ${last.caught} of ${last.of}; missed ${last.missed.join("; ")}`;
  const ageMs = nowMs - Date.parse(last.at);
  return ageMs > STALE_AFTER_MS ? `detector self-test: none for ${Math.round(ageMs / 1000)} s` : undefined;
}
