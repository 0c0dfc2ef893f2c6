/** How what a session hears reaches an API: durable, in order, each item once. */

export type IngestPath = "messages" | "messages/status" | "messages/changes" | "contacts" | "groups" | "media";

/** Items of one session for one ingest path (contract 4.1); more than a batch holds are cut into several. */
export type IngestCall = {
  readonly sessionId: string;
  readonly path: IngestPath;
  readonly items: readonly unknown[];
  /** Becomes the `X-Request-Id` of the call: on every log line down to the broadcast. */
  readonly traceId: string;
};

/**
 * What became of a session report. `applied`, `unchanged`: an API answered so. `stale-epoch`, `stopped`: it refused (409), the socket must end.
 * `unknown-session`: 404, the socket must end. `spooled`: no API answers; the newest of its kind waits on disk. `rejected`: 400, a fault of ours.
 */
export type ReportOutcome = "applied" | "unchanged" | "stale-epoch" | "stopped" | "unknown-session" | "spooled" | "rejected";

export type ReportKind = "state" | "qr";

export type Delivery = {
  /** Durable and in order per session: resolves when an API has stored the call, or when it lies in the spool on disk. */
  readonly submit: (call: IngestCall) => Promise<void>;
  /** A session's state or QR: answered now, or kept as the session's newest one until an API answers. */
  readonly report: (sessionId: string, kind: ReportKind, body: unknown) => Promise<ReportOutcome>;
  /** Called when an API says that a session is unknown (404): the socket of it must end. Answers a function that stops listening. */
  readonly onUnknownSession: (listener: (sessionId: string) => void) => () => void;
  /** Stops replaying, lets calls in flight end, closes the spool. What lies in it is replayed after the next start. */
  readonly close: () => Promise<void>;
};
