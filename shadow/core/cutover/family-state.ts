import type { Stage } from "../types.ts";

/** The switch of one family. `percent` is the share that nest answers: 0 before canary, 100 after it. */
export type FamilyState = {
  readonly family: string;
  readonly stage: Stage;
  /** 0 to 100 */
  readonly percent: number;
  /** Grows with every change; a replica never goes back to an older one. */
  readonly version: number;
};

/** A family nobody has spoken of yet. */
export function initialState(family: string): FamilyState {
  return { family, stage: "legacy", percent: 0, version: 0 };
}
