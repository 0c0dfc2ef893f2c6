import { AppError } from "../lib/errors.ts";

/** What was written under a lease that is another worker's by now: nothing was written. */
export function leaseLostError(sessionId: string, epoch: number): AppError {
  return new AppError("WORKER_LEASE_LOST", `session ${sessionId} is no longer leased under epoch ${epoch}: nothing was written`);
}

/** What lies in the database cannot be opened with the keys this worker has. */
export function authStateKeyError(sessionId: string, cause?: unknown): AppError {
  return new AppError(
    "WORKER_AUTH_STATE_KEY",
    `the authentication state of session ${sessionId} is encrypted with a key that AUTH_STATE_KEY does not hold`,
    cause === undefined ? {} : { cause },
  );
}

export function isLeaseLost(error: unknown): boolean {
  return error instanceof AppError && error.code === "WORKER_LEASE_LOST";
}
