import type { Stage } from "../types.ts";
import type { FamilyState } from "./family-state.ts";
import { rankOf } from "./stage-order.ts";

/** What somebody asks of a group of families that flip together. */
export type FlipRequest = {
  readonly to: Stage;
  /** Share of canary in percent, above 0 and at most 100; only with canary. */
  readonly percent: number | undefined;
  /** Skips stages; the gate is asked all the same, and its verdict recorded. */
  readonly isOverride: boolean;
};

export type Change = { readonly family: string; readonly from: FamilyState; readonly to: { readonly stage: Stage; readonly percent: number } };

/** What is to be done, or why it may not be done. */
export type FlipPlan =
  | { readonly kind: "flip"; readonly changes: readonly Change[]; /** a verdict "pass" of the gate is needed */ readonly isGated: boolean }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly reason: string };

/** The share of a canary whose size nobody named. */
export const FIRST_CANARY_PERCENT = 5;

/** Plans a flip of families that flip together: steps back are free, steps forward go one at a time. */
export function planFlip(states: readonly FamilyState[], request: FlipRequest): FlipPlan {
  const percent = percentFor(states, request);
  if (typeof percent === "string") return { kind: "refused", reason: percent };
  const changes = states
    .filter(({ stage, percent: current }) => stage !== request.to || current !== percent)
    .map((from) => ({ family: from.family, from, to: { stage: request.to, percent } }));
  if (changes.length === 0) return { kind: "unchanged" };
  const skipping = changes.find(({ from }) => rankOf(request.to) - rankOf(from.stage) > 1);
  if (skipping !== undefined && !request.isOverride) return { kind: "refused", reason: describeSkip(skipping, states) };
  const isGated = changes.some(({ from }) => isForward(from, request.to, percent) && rankOf(request.to) > rankOf("shadow"));
  return { kind: "flip", changes, isGated };
}

function percentFor(states: readonly FamilyState[], { to, percent }: FlipRequest): number | string {
  if (to !== "canary") {
    if (percent !== undefined) return `percent: only canary has a share, ${to} has none`;
    return rankOf(to) > rankOf("canary") ? 100 : 0;
  }
  if (percent === undefined) {
    const isCanary = states.every(({ stage }) => stage === "canary");
    return isCanary ? (states[0]?.percent ?? FIRST_CANARY_PERCENT) : FIRST_CANARY_PERCENT;
  }
  return Number.isFinite(percent) && percent > 0 && percent <= 100 ? percent : `percent: expected a number above 0 and at most 100, got ${percent}`;
}

function isForward(from: FamilyState, to: Stage, percent: number): boolean {
  return rankOf(to) > rankOf(from.stage) || (to === "canary" && from.stage === "canary" && percent > from.percent);
}

function describeSkip({ family, from, to }: Change, states: readonly FamilyState[]): string {
  const others = states.filter((state) => state.family !== family).map((state) => `${state.family} (at ${state.stage})`);
  const coupled = others.length === 0 ? "" : `, which flips together with ${others.join(", ")},`;
  return `${family}${coupled} is at ${from.stage} and cannot go to ${to.stage} at once: stages are taken one at a time, or with an override`;
}
