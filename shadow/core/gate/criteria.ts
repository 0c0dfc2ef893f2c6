import { rateLowerBound, rateUpperBound, trialsNeeded } from "../statistics.ts";
import type { GateCriterion } from "../summary/report.ts";
import type { GateEvidence, GateLimits } from "./evidence.ts";
import { count, duration, percent } from "./wording.ts";

/** One question the gate asks. No data is never a pass. */
export type Criterion = (evidence: GateEvidence, limits: GateLimits) => GateCriterion;

const NAMES_SHOWN = 5;
const MINUTE_MS = 60_000;

export const driftRate: Criterion = ({ distinct }, { maxDriftRate, confidence }) => {
  const { events, trials, perMinute } = distinct;
  const upper = rateUpperBound({ events, trials, confidence });
  const lower = rateLowerBound({ events, trials, confidence });
  const known = `${count(events, "drift")} in ${count(trials, "distinct comparison")}: at most ${percent(upper)} with ${percent(confidence)} confidence`;
  const base = { name: "drift-rate", value: trials === 0 ? null : upper, limit: maxDriftRate, isRequired: true };
  if (trials > 0 && upper <= maxDriftRate) return { ...base, verdict: "pass", detail: known };
  if (lower > maxDriftRate)
    return { ...base, verdict: "fail", detail: `${known}, at least ${percent(lower)}; the limit is ${percent(maxDriftRate)}` };
  const more = trialsNeeded({ events, limit: maxDriftRate, confidence }) - trials;
  const wait = duration(more / perMinute);
  return {
    ...base,
    verdict: "inconclusive",
    detail: `${known}; ${count(more, "more distinct comparison")} without a drift needed${wait === undefined ? "" : `, ${wait} at today's rate`}`,
  };
};

export const openDrifts: Criterion = ({ openDrifts: open }) => {
  const names = open.slice(0, NAMES_SHOWN).map(({ endpoint, kind, path }) => `${endpoint} ${kind} ${path}`);
  const rest = open.length - names.length;
  const list = names.length === 0 ? "" : `: ${names.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
  return {
    name: "open-drifts",
    verdict: open.length === 0 ? "pass" : "fail",
    value: open.length,
    limit: 0,
    detail: `${count(open.length, "open drift")} that nobody accepted${list}`,
    isRequired: true,
  };
};

export const errorDelta: Criterion = ({ calls: { nest, legacy } }, { maxErrorDelta, confidence }) => {
  const bound = (which: typeof rateUpperBound, { calls, failed }: typeof nest): number => which({ events: failed, trials: calls, confidence });
  const atMost = bound(rateUpperBound, nest) - bound(rateLowerBound, legacy);
  const atLeast = bound(rateLowerBound, nest) - bound(rateUpperBound, legacy);
  const base = { name: "error-delta", value: nest.calls === 0 ? null : atMost, limit: maxErrorDelta, isRequired: true };
  const known = `${count(nest.failed, "failed call")} of ${nest.calls.toLocaleString("en-US")} to nest, ${legacy.failed.toLocaleString("en-US")} of ${legacy.calls.toLocaleString("en-US")} to legacy`;
  if (nest.calls > 0 && atMost <= maxErrorDelta) return { ...base, verdict: "pass", detail: `${known}: at most ${percent(atMost)} more` };
  if (atLeast > maxErrorDelta) return { ...base, verdict: "fail", detail: `${known}: at least ${percent(atLeast)} more` };
  return {
    ...base,
    verdict: "inconclusive",
    detail: `${known}: at most ${percent(Math.max(0, atMost))} more, not yet known to be within ${percent(maxErrorDelta)}`,
  };
};

/** Ends of the two intervals against each other: wide where there is little to go by. */
export const p95Ratio: Criterion = ({ p95: { legacy, nest } }, { maxP95Ratio }) => {
  const base = { name: "p95-ratio", limit: maxP95Ratio, isRequired: true };
  if (legacy === undefined || nest === undefined)
    return { ...base, verdict: "inconclusive", value: null, detail: "no data: both sides need answers within the last hour" };
  const [value, low, high] = [nest.value / legacy.value, nest.low / legacy.high, nest.high / legacy.low];
  const verdict = high <= maxP95Ratio ? "pass" : low > maxP95Ratio ? "fail" : "inconclusive";
  const ms = (time: number): string => `${Number(time.toPrecision(3))} ms`;
  const detail = `nest ${ms(nest.value)}, legacy ${ms(legacy.value)}: ratio ${value.toFixed(2)}, between ${low.toFixed(2)} and ${high.toFixed(2)}`;
  return { ...base, verdict, value, detail: verdict === "inconclusive" ? `${detail}; more answers narrow it` : detail };
};

export const emissionParity: Criterion = ({ emissions }, { maxEmissionDriftRate, confidence }) =>
  ofSubject({ name: "emission-parity", noun: "emission", seen: emissions, limit: maxEmissionDriftRate, confidence });

export const sendParity: Criterion = ({ sends }, { maxDriftRate, confidence }) =>
  ofSubject({ name: "send-parity", noun: "send", seen: sends, limit: maxDriftRate, confidence });

type OfSubject = {
  readonly name: string;
  readonly noun: string;
  readonly seen: { readonly trials: number; readonly events: number } | undefined;
  readonly limit: number;
  readonly confidence: number;
};

/** Asked only of families that were seen to have any. */
function ofSubject({ name, noun, seen, limit, confidence }: OfSubject): GateCriterion {
  if (seen === undefined)
    return { name, verdict: "inconclusive", value: null, limit, detail: `no data: no ${noun} of this family was compared`, isRequired: false };
  const upper = rateUpperBound({ ...seen, confidence });
  const verdict = upper <= limit ? "pass" : rateLowerBound({ ...seen, confidence }) > limit ? "fail" : "inconclusive";
  const detail = `${count(seen.events, "drift")} in ${count(seen.trials, noun)}: at most ${percent(upper)} with ${percent(confidence)} confidence`;
  return { name, verdict, value: upper, limit, detail, isRequired: true };
}

export const assertedFields: Criterion = ({ assertedPercent, distinct }, { minAssertedPercent }) => ({
  name: "asserted-fields",
  verdict: distinct.trials === 0 ? "inconclusive" : assertedPercent >= minAssertedPercent ? "pass" : "fail",
  value: assertedPercent,
  limit: minAssertedPercent,
  detail: `${Number(assertedPercent.toFixed(1))} % of the compared fields are asserted; the others are hidden by ignore or volatile rules`,
  isRequired: true,
});

export const loss: Criterion = ({ loss: { offered, lost } }, { maxLoss }) => {
  const share = offered === 0 ? null : lost / offered;
  const detail =
    share === null
      ? "no data: nothing was offered for comparison"
      : `${lost.toLocaleString("en-US")} of ${count(offered, "read")} (${percent(share)}) were not judged`;
  return {
    name: "loss",
    verdict: share === null ? "inconclusive" : share <= maxLoss ? "pass" : "fail",
    value: share,
    limit: maxLoss,
    detail,
    isRequired: true,
  };
};

export const freshness: Criterion = ({ lastComparedMs, nowMs }, { freshnessMinutes }) => {
  const base = { name: "freshness", limit: freshnessMinutes, isRequired: true };
  if (lastComparedMs === undefined)
    return { ...base, verdict: "inconclusive", value: null, detail: "no data: nothing was compared since the stage began" };
  const minutes = Math.max(0, nowMs - lastComparedMs) / MINUTE_MS;
  const verdict = minutes <= freshnessMinutes ? "pass" : "inconclusive";
  return {
    ...base,
    verdict,
    value: minutes,
    detail: `last compared ${minutes < 1 ? "within the last minute" : `${count(Math.round(minutes), "minute")} ago`}`,
  };
};

export const coverage: Criterion = ({ missing, covered }) => {
  const names = missing.slice(0, NAMES_SHOWN).map(({ endpoint, dimension, value, count: times }) => `${endpoint} ${dimension} ${value} (${times}×)`);
  const rest = missing.length - names.length;
  const verdict = covered === 0 || missing.length > 0 ? "inconclusive" : "pass";
  const detail =
    missing.length === 0
      ? `${covered} kinds of traffic seen, all of them compared`
      : `never compared: ${names.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
  return {
    name: "coverage",
    verdict,
    value: missing.length,
    limit: 0,
    detail: covered === 0 ? "no data: nothing was compared since the stage began" : detail,
    isRequired: true,
  };
};
