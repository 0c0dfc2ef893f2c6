import type { EmissionSpec } from "../core/emissions/emission.ts";

/** What the tap needs to know of the configuration. */
export type EmissionsConfigPart = {
  readonly mode: "single-writer" | "dual-writer";
  readonly windowMs: number;
  readonly lateMs: number;
  readonly order: readonly string[];
  readonly specOf: (event: string) => EmissionSpec;
  /** The member of a payload that names the tenant. */
  readonly tenantMember: string;
};
