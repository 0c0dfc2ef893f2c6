import type { Logger } from "../../lib/log.ts";
import type { createWhatsappClient } from "../../prisma/clients.ts";
import type { RequestMetrics } from "../metrics/request-metrics.ts";
import type { ApiEnv } from "../env.ts";

/** What every feature may ask for, by token: none of these is a class that Nest could build. */
export const DATABASE = Symbol("DATABASE");
export const ENV = Symbol("ENV");
export const LOG = Symbol("LOG");
export const TIMING = Symbol("TIMING");
export const METRICS = Symbol("METRICS");

export type Database = ReturnType<typeof createWhatsappClient>;

/** Time as an argument: tests bring their own. */
export type Timing = {
  readonly nowMs: () => number;
  /** A handler that takes longer is answered 503 (contract 1.4). */
  readonly deadlineMs: number;
  /** How long a request waits for a database connection. */
  readonly connectTimeoutMs: number;
};

export type Runtime = {
  readonly env: ApiEnv;
  readonly log: Logger;
  readonly database: Database;
  readonly timing: Timing;
  readonly metrics: RequestMetrics;
};
