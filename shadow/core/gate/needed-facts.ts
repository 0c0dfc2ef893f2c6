import type { Couplings } from "../cutover/coupling.ts";
import type { Endpoint } from "../endpoint.ts";
import { normalQuantile } from "../statistics.ts";
import type { GateLimits } from "./evidence.ts";

/** What of the configuration the gate looks at. */
export type GateConfig = {
  readonly endpoints: readonly Endpoint[];
  readonly families: Couplings;
  readonly gate: GateLimits;
  /** events by name */
  readonly emissions?: { readonly events: ReadonlyMap<string, { readonly family: string }> };
};

export type NeededFacts = {
  /** every configured family with the ids of its endpoints that can be compared, those among them that send, and the names of its events */
  readonly families: readonly {
    readonly family: string;
    readonly endpoints: readonly string[];
    readonly sends: readonly string[];
    readonly events: readonly string[];
  }[];
  readonly now: Date;
  /** half the width of a confidence interval in standard errors */
  readonly standardErrors: number;
};

/** What has to be read of the store for the gate's verdicts. */
export function neededFacts({ endpoints, families, gate, emissions }: GateConfig, now: Date): NeededFacts {
  const isCompared = ({ class: kind }: Endpoint): boolean => kind !== "write";
  return {
    now,
    standardErrors: normalQuantile((1 + gate.confidence) / 2),
    families: Object.keys(families).map((family) => ({
      family,
      endpoints: endpoints.filter((endpoint) => endpoint.family === family && isCompared(endpoint)).map(({ id }) => id),
      events: [...(emissions?.events ?? [])].filter(([, event]) => event.family === family).map(([name]) => name),
      sends: endpoints.filter((endpoint) => endpoint.family === family && endpoint.class === "send").map(({ id }) => id),
    })),
  };
}
