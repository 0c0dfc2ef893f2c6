import { ingestReply, sessionReportReply, type IngestResult } from "@ipnuo/domain/ingest";

/** What an API's answer to a batch means for the items. */
export type BatchVerdict =
  | { readonly kind: "stored"; readonly results: readonly IngestResult[] }
  | { readonly kind: "unknown-session" }
  /** Nobody will ever take the batch as it is. */
  | { readonly kind: "refused"; readonly problem: string }
  /** The same batch in smaller parts. */
  | { readonly kind: "too-large" }
  /** Another API, or later. `isFault`: it answered 500, so the batch itself may be what it cannot bear. */
  | { readonly kind: "unavailable"; readonly isFault: boolean };

export type ReportVerdict = "applied" | "unchanged" | "stale-epoch" | "stopped" | "unknown-session" | "rejected" | "unavailable";

/** The contract's words for a session nobody knows. Any other 404 is a wrong address, and no reason to throw anything away. */
const UNKNOWN_SESSION = "Session not found or access denied";
const STALE_EPOCH = "Lease epoch is stale";
const STOPPED = "Session is stopped";

const UNAVAILABLE: BatchVerdict = { kind: "unavailable", isFault: false };

/** Pure. Everything that is not an answer of the contract's counts as no answer: the items are kept. */
export function judgeBatch(status: number, body: unknown, itemCount: number): BatchVerdict {
  switch (status) {
    case 200: {
      const parsed = ingestReply.safeParse(body);
      return parsed.success && parsed.data.results.length === itemCount ? { kind: "stored", results: parsed.data.results } : UNAVAILABLE;
    }
    case 400:
      return { kind: "refused", problem: errorOf(body) ?? "the API refused the batch" };
    case 404:
      return errorOf(body) === UNKNOWN_SESSION ? { kind: "unknown-session" } : UNAVAILABLE;
    case 413:
      return { kind: "too-large" };
    case 500:
      return { kind: "unavailable", isFault: true };
    default:
      return UNAVAILABLE;
  }
}

/** Pure. What an API's answer to a session's state or QR means. */
export function judgeReport(status: number, body: unknown): ReportVerdict {
  if (status === 200) {
    const parsed = sessionReportReply.safeParse(body);
    if (!parsed.success) return "unavailable";
    return parsed.data.outcome === "unchanged" ? "unchanged" : "applied";
  }
  const error = errorOf(body);
  if (status === 404 && error === UNKNOWN_SESSION) return "unknown-session";
  if (status === 409 && error === STALE_EPOCH) return "stale-epoch";
  if (status === 409 && error === STOPPED) return "stopped";
  return status === 400 ? "rejected" : "unavailable";
}

function errorOf(body: unknown): string | undefined {
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
  return typeof error === "string" ? error : undefined;
}
