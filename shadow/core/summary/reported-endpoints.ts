import type { Endpoint } from "../endpoint.ts";
import type { Stage } from "../types.ts";

/** What the report names of an endpoint besides its figures. */
export type EndpointIdentity = { readonly id: string; readonly family: string; readonly stage: Stage; readonly match: string };

/** The endpoints a report shows: those that can be compared. */
export function reportedEndpoints(endpoints: readonly Endpoint[], stageOf: (family: string) => Stage): EndpointIdentity[] {
  return endpoints
    .filter((endpoint) => endpoint.class !== "write")
    .map(({ id, family, match }) => ({ id, family, stage: stageOf(family), match: match.map(({ method, path }) => `${method} ${path}`).join(", ") }));
}
