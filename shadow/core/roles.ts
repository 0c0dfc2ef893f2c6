import type { Stage, System } from "./types.ts";

/** Who answers the client, and who is compared with it. */
export type Roles = { readonly stage: Stage; readonly primary: System; readonly candidate: System | undefined };

/** The roles at each stage of a family. Nobody can reach canary yet: until shares of traffic are decided it serves as shadow does. */
export function rolesAt(stage: Stage): Roles {
  switch (stage) {
    case "legacy":
      return { stage, primary: "legacy", candidate: undefined };
    case "shadow":
    case "canary":
      return { stage, primary: "legacy", candidate: "nest" };
    case "nest":
      return { stage, primary: "nest", candidate: "legacy" };
    case "retired":
      return { stage, primary: "nest", candidate: undefined };
  }
}
