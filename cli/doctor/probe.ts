import { performance } from "node:perf_hooks";
import { AppError, codeOf, messageOf } from "../../lib/errors.ts";

const TIMEOUT_MS = 5_000;

export type Probe = {
  readonly status: number;
  readonly tookMs: number;
  readonly headers: Headers;
  /** What the system's clock said, against ours in the middle of the call; undefined without a Date. */
  readonly skewMs: number | undefined;
};

/** One GET, not followed. Throws `DOCTOR_UNREACHABLE` when there is no HTTP answer within 5 seconds. */
export async function probe(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Probe> {
  const startedAt = performance.now();
  try {
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    const tookMs = Math.round(performance.now() - startedAt);
    const date = Date.parse(response.headers.get("date") ?? "");
    return { status: response.status, tookMs, headers: response.headers, skewMs: Number.isNaN(date) ? undefined : date - (Date.now() - tookMs / 2) };
  } catch (error) {
    const cause = (error as { cause?: unknown }).cause;
    throw new AppError("DOCTOR_UNREACHABLE", `GET ${new URL(url).origin}: no answer (${codeOf(cause) ?? messageOf(cause ?? error)})`, {
      cause: error,
    });
  }
}
