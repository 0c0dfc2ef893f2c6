export type IngestPath = "messages" | "messages/status" | "messages/changes" | "contacts" | "groups" | "media";

/** Items of one session for one ingest path (contract 4.1); more than a batch holds are cut into several. */
export type IngestCall = {
  readonly sessionId: string;
  readonly path: IngestPath;
  readonly items: readonly unknown[];
  /** Becomes the `X-Request-Id` of the call: on every log line down to the broadcast. */
  readonly traceId: string;
};

/** A batch holds at most this many items. */
export const MAX_BATCH_ITEMS = 100;

/** The scope of the service token that a path needs. */
export function scopeOf(path: IngestPath): string {
  if (path.startsWith("messages")) return "ingest:messages";
  return path === "media" ? "ingest:media" : "ingest:contacts";
}

export const SESSIONS_SCOPE = "ingest:sessions";
