import { isInCanary } from "./cutover/canary.ts";
import type { FamilyState } from "./cutover/family-state.ts";
import type { Claims } from "./subject.ts";
import type { Stage, System } from "./types.ts";

/** Who answers the client, and who is compared with it. A request keeps the roles it began with, whatever is flipped meanwhile. */
export type Roles = { readonly stage: Stage; readonly primary: System; readonly candidate: System | undefined; readonly version: number };

/** The roles of one family for one subject. `claims` is asked only where the subject matters. */
export function rolesFor({ stage, percent, version }: FamilyState, salt: string, claims: () => Claims): Roles {
  switch (stage) {
    case "legacy":
      return { stage, primary: "legacy", candidate: undefined, version };
    case "shadow":
      return { stage, primary: "legacy", candidate: "nest", version };
    case "canary":
      return isInCanary(claims(), { salt, percent })
        ? { stage, primary: "nest", candidate: "legacy", version }
        : { stage, primary: "legacy", candidate: "nest", version };
    case "nest":
      return { stage, primary: "nest", candidate: "legacy", version };
    case "retired":
      return { stage, primary: "nest", candidate: undefined, version };
  }
}
