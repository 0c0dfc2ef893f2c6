import type { Caller } from "../auth/caller.ts";
import { env } from "../env.ts";
import { Throttle } from "./throttle.ts";

type Throttles = Readonly<Record<"sends" | "realtimeAuth", Throttle>>;

// Route handlers are bundled apart: on globalThis they still count together.
const shared = globalThis as typeof globalThis & { legacyThrottles?: Throttles };

/** Counts one call of the caller; throws 429. */
export function takeTurn(kind: keyof Throttles, { tenantId, userId }: Caller): void {
  shared.legacyThrottles ??= { sends: new Throttle(env().sendRatePerMinute), realtimeAuth: new Throttle(env().authRatePerMinute) };
  shared.legacyThrottles[kind].take(JSON.stringify([tenantId, userId]), Date.now());
}
