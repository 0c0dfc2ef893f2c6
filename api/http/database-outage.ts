/**
 * Tells "the database is not there" from "the query is wrong". Prisma, its adapter, pg and Node each say it in their own way,
 * so the whole chain of causes is looked at: 503 only for what a retry can heal.
 */

/** SQLSTATE: connection exceptions (08), shut down or starting (57P), cancelled by timeout, too many connections, database gone, refused login. */
const SQL_STATES = /^(?:08...|57P0[1-5]|57014|53300|3D000|28000|28P01)$/;
const SYSTEM_CODES = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EPIPE"]);
const PRISMA_CODES = new Set(["P1000", "P1001", "P1002", "P1003", "P1008", "P1017", "P2024", "P2028", "P2037"]);
const KINDS = new Set([
  "DatabaseNotReachable",
  "ConnectionClosed",
  "SocketTimeout",
  "TooManyConnections",
  "DatabaseDoesNotExist",
  "DatabaseAccessDenied",
  "AuthenticationFailed",
  "TlsConnectionError",
]);
/** pg and its pool throw these without any code. */
const MESSAGES =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Cannot use a pool)/;

const MAX_DEPTH = 6;

/** True when the database cannot be reached, has no connection left, or cancelled the statement for its time. */
export function isDatabaseOutage(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > MAX_DEPTH) return false;
  const { code, originalCode, kind, message, cause, meta, errors } = error as Readonly<Record<string, unknown>>;
  if (isOutageCode(code) || isOutageCode(originalCode)) return true;
  if (typeof kind === "string" && KINDS.has(kind)) return true;
  if (typeof message === "string" && MESSAGES.test(message)) return true;
  const inner = [cause, (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError, ...(Array.isArray(errors) ? errors : [])];
  return inner.some((each) => isDatabaseOutage(each, depth + 1));
}

/** SQLSTATE: serialization failure, deadlock; Prisma's word for both. The transaction was rolled back and may be tried again. */
const WRITE_CONFLICTS = new Set(["40001", "40P01", "P2034"]);

/** True when two transactions got into each other's way. */
export function isWriteConflict(error: unknown): boolean {
  return hasCode(error, WRITE_CONFLICTS);
}

/** True when a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, UNIQUE_VIOLATIONS);
}

const UNIQUE_VIOLATIONS = new Set(["23505", "P2002"]);

function hasCode(error: unknown, codes: ReadonlySet<string>): boolean {
  return [(error as { code?: unknown } | null)?.code, sqlStateOf(error)].some((code) => typeof code === "string" && codes.has(code));
}

/** The SQLSTATE of a failed statement, for the log. */
export function sqlStateOf(error: unknown): string | undefined {
  const adapterError = (error as { meta?: { driverAdapterError?: { cause?: unknown } } } | null)?.meta?.driverAdapterError;
  const cause = (adapterError?.cause ?? (error as { cause?: unknown } | null)?.cause) as { originalCode?: unknown } | undefined;
  return typeof cause?.originalCode === "string" ? cause.originalCode : undefined;
}

function isOutageCode(code: unknown): boolean {
  return typeof code === "string" && (SQL_STATES.test(code) || SYSTEM_CODES.has(code) || PRISMA_CODES.has(code));
}
