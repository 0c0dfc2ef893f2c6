/** What pg says, without a code, when there is no connection to be had or it was lost. */
const CONNECTION_MESSAGES = [
  "timeout exceeded when trying to connect",
  "Connection terminated",
  "Client has encountered a connection error",
  "Query read timeout",
  "Server has closed the connection",
];

/** Names the driver adapter gives to the same troubles. */
const CONNECTION_KINDS = new Set(["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout", "TlsConnectionError", "TooManyConnections"]);

/** Prisma: pool timeout, no connection for a transaction in time, too many connections. P1xxx are all about connecting. */
const PRISMA_CODES = new Set(["P2024", "P2028", "P2037"]);

const SOCKET_CODES = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH", "EAI_AGAIN"]);

/** 08: connection exceptions. 53300: too many connections. 57014: statement timeout. 57P01-57P05: shutting down, starting up, idle session. */
const SQL_STATE = /^(08...|53300|57014|57P0[1-5])$/;

const MAX_CAUSES = 5;

/** True when the database could not be asked (503), false when it was asked and something else went wrong (500). */
export function isDatabaseUnavailable(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > MAX_CAUSES) return false;
  const { code, errorCode, originalCode, kind, message, cause, meta, driverAdapterError } = error as Record<string, unknown>;
  return (
    [code, errorCode, originalCode].some(isConnectionCode) ||
    (typeof kind === "string" && CONNECTION_KINDS.has(kind)) ||
    (typeof message === "string" && CONNECTION_MESSAGES.some((each) => message.includes(each))) ||
    [cause, meta, driverAdapterError].some((inner) => isDatabaseUnavailable(inner, depth + 1))
  );
}

function isConnectionCode(code: unknown): boolean {
  return typeof code === "string" && (/^P1\d{3}$/.test(code) || PRISMA_CODES.has(code) || SOCKET_CODES.has(code) || SQL_STATE.test(code));
}
