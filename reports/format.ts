import type { Ledger, SelfTestReport } from "../shadow/core/summary/report.ts";

/** Figures as people read them. */

export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A share of 0 to 1 as a percentage with as many digits as it needs. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.01) return "< 0.01 %";
  return `${percent < 1 ? percent.toFixed(2) : percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

export function formatMs(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 10 ? ms.toFixed(1) : formatCount(ms);
}

/** `caught 24 of 24, 12 s ago`; what was missed follows. */
export function formatSelfTest({ caught, of, at, missed }: SelfTestReport, nowMs: number): string {
  const age = `${Math.max(0, Math.round((nowMs - Date.parse(at)) / 1000))} s ago`;
  return `caught ${caught} of ${of}, ${age}${missed.length === 0 ? "" : `; missed ${missed.join("; ")}`}`;
}

/** Compared: an answer of both sides was looked at and judged. */
export function comparedOf(ledger: Ledger): number {
  return ledger.matched + ledger.equivalent + ledger.drift + ledger.noise + ledger.raced;
}

/** Not compared, whatever the reason. */
export function lossOf(ledger: Ledger): number {
  return (
    ledger.candidateError + ledger.candidateTimeout + ledger.primaryError + ledger.sampledOut + ledger.shed + ledger.overCap + ledger.notComparable
  );
}

/** Rate and bound in few characters: `0 % (≤ 0.11 %)`. */
export function formatBound(rate: { readonly value: number; readonly upper: number }, judged: number): string {
  return judged === 0 ? "–" : `${formatShare(rate.value)} (≤ ${formatShare(rate.upper)})`;
}

/** The sentence that a figure alone would not tell. */
export function formatRate(rate: { readonly value: number; readonly upper: number; readonly confidence: number }, judged: number): string {
  if (judged === 0) return "no comparison yet";
  return `${formatShare(rate.value)}, at most ${formatShare(rate.upper)} with ${Math.round(rate.confidence * 100)} % confidence`;
}
