const MAX_CAUSES = 5;

/** PostgreSQL's codes, as Prisma and its adapter hand them on; Prisma has names of its own for some. */
const UNIQUE_VIOLATION = ["23505", "P2002", "UniqueConstraintViolation"];
const LOCK_TIMEOUT = ["55P03"];
const SERIALISATION = ["40001", "40P01", "P2034", "TransactionWriteConflict"];

/** Somebody else stored the same thing first. */
export const isUniqueViolation = (error: unknown): boolean => hasCode(error, UNIQUE_VIOLATION);

/** A lock was not to be had within `lock_timeout`. */
export const isLockTimeout = (error: unknown): boolean => hasCode(error, LOCK_TIMEOUT);

/** PostgreSQL ended one of two transactions that stood in each other's way: doing it again is all it takes. */
export const isDeadlock = (error: unknown): boolean => hasCode(error, SERIALISATION);

function hasCode(error: unknown, codes: readonly string[], depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > MAX_CAUSES) return false;
  const { code, originalCode, kind, cause, meta, driverAdapterError } = error as Record<string, unknown>;
  return (
    [code, originalCode, kind].some((each) => typeof each === "string" && codes.includes(each)) ||
    [cause, meta, driverAdapterError].some((inner) => hasCode(inner, codes, depth + 1))
  );
}
