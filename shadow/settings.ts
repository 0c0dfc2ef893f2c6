import type { ShadowConfig } from "./config.ts";
import type { System } from "./core/types.ts";
import type { RealtimeTarget } from "./emissions/forwarder.ts";
import type { RealtimeApp } from "./emissions/pusher-signature.ts";
import type { OpsToken } from "./ops/operators.ts";

/** Everything a proxy is started with: the merged result of flags, environment and file. Ports may be 0 for any free one. */
export type ShadowSettings = {
  readonly config: ShadowConfig;
  readonly legacyUrl: string;
  readonly candidateUrl: string;
  readonly host: string;
  readonly port: number;
  readonly opsPort: number;
  readonly dataDir: string;
  readonly opsTokens: readonly OpsToken[];
  readonly isMetricsPublic: boolean;
  readonly shadowSecret: string | undefined;
  readonly redactKey: string;
  /** Keys the chain of the audit trail; not in the database. */
  readonly auditKey: string;
  /** Verifies users' tokens; without it the send ledger is weak: a refreshed token is another scope. */
  readonly authSecret: string | undefined;
  /** Seals what the send ledger keeps; not in the database, the same for every replica. */
  readonly sendKey: string;
  /** undefined: emissions are not captured. */
  readonly tap?: TapSettings | undefined;
};

export type TapSettings = {
  readonly port: number;
  /** The app of each system's Pusher client. */
  readonly apps: Readonly<Partial<Record<System, RealtimeApp>>>;
  /** The real server; undefined: what is captured goes nowhere. */
  readonly target: RealtimeTarget | undefined;
};
