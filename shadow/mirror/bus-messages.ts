import type { Exchange, WriteMark } from "../core/exchange.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { SelfTestReport } from "../core/summary/report.ts";
import type { SubjectOptions } from "../core/subject.ts";
import type { Outcome, System } from "../core/types.ts";

/** What a comparator needs to work anywhere: in a thread of the proxy, or on another machine. Plain data. */
export type ComparatorSetup = {
  readonly run: string;
  readonly writer: string;
  readonly storeUrl: string;
  readonly urls: Readonly<Record<System, string>>;
  readonly endpoints: readonly Endpoint[];
  readonly limits: { readonly candidateConcurrency: number; readonly candidateTimeoutMs: number; readonly reReadPerSecond: number };
  readonly subject: SubjectOptions;
  readonly redactKey: string;
  readonly buildHeader: string | undefined;
  readonly shadowSecret: string | undefined;
};

/** Proxy → comparator. */
export type ToComparator =
  | { readonly kind: "exchanges"; readonly exchanges: readonly Exchange[] }
  | { readonly kind: "writes"; readonly marks: readonly WriteMark[] }
  /** how busy the proxy's own event loop was, or how late, 0 to 1 */
  | { readonly kind: "busy"; readonly share: number }
  | { readonly kind: "flush"; readonly ticket: number }
  | { readonly kind: "stop" };

/** Comparator → proxy. */
export type FromComparator =
  | { readonly kind: "decided"; readonly decided: readonly Decided[] }
  | { readonly kind: "flushed"; readonly ticket: number; readonly isWritten: boolean }
  | { readonly kind: "store"; readonly isUp: boolean; readonly reason: string }
  | { readonly kind: "limit"; readonly limit: number }
  | { readonly kind: "selfTest"; readonly result: SelfTestReport }
  | { readonly kind: "trouble"; readonly stage: string; readonly reason: string }
  | { readonly kind: "stopped" };

/** The proxy's side of a bus, whatever carries it. */
export type Bus = {
  /** Never waits, and makes the exchange only when there is room for it. False: full, or nobody there to compare; the caller counts the exchange as shed. */
  readonly offer: (bodyBytes: number, make: () => Exchange) => boolean;
  readonly noteWrite: (mark: WriteMark) => void;
  /** Resolves when everything decided so far is in the store, or could not be written. */
  readonly flush: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Exchanges accepted and not decided. */
  readonly size: () => number;
};

/** Frees the exchange's place on the bus; the proxy counts its outcome beside `eligible`, once. */
export type Decided = {
  readonly id: string;
  readonly endpointId: string;
  readonly primary: System;
  readonly outcome: Outcome;
  readonly tookMs: number | undefined;
};
