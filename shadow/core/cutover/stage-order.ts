import type { Stage } from "../types.ts";

/** Stages in the order of a cutover. */
export const STAGES = ["legacy", "shadow", "canary", "nest", "retired"] as const satisfies readonly Stage[];

export function isStage(text: string): text is Stage {
  return (STAGES as readonly string[]).includes(text);
}

export function rankOf(stage: Stage): number {
  return STAGES.indexOf(stage);
}

/** The stage after this one; null after the last. */
export function nextStage(stage: Stage): Stage | null {
  return STAGES[rankOf(stage) + 1] ?? null;
}

/** Where a rollback leads: to the nearest stage at which legacy answers everybody. */
export function rollbackStage(stage: Stage): Stage {
  return rankOf(stage) > rankOf("shadow") ? "shadow" : "legacy";
}
