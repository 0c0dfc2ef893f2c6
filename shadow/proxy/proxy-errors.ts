import { codeOf } from "../../lib/errors.ts";

/** The proxy's own answers: everything else a client sees comes from the system that owns the endpoint. */
export type ProxyError = { readonly status: 400 | 501 | 502 | 504 | 505; readonly code: string; readonly error: string };

const UNREACHABLE: ProxyError = { status: 502, code: "SHADOW_PRIMARY_UNREACHABLE", error: "Bad gateway" };
const BROKE_OFF: ProxyError = { status: 502, code: "SHADOW_PRIMARY_BROKE_OFF", error: "Bad gateway" };
const TIMEOUT: ProxyError = { status: 504, code: "SHADOW_PRIMARY_TIMEOUT", error: "Gateway timeout" };
const MALFORMED: ProxyError = { status: 400, code: "SHADOW_REQUEST_MALFORMED", error: "Bad request" };
const REFUSALS = {
  400: MALFORMED,
  501: { status: 501, code: "SHADOW_REQUEST_UNSUPPORTED", error: "Not implemented" },
  505: { status: 505, code: "SHADOW_REQUEST_UNSUPPORTED", error: "HTTP version not supported" },
} as const satisfies Record<number, ProxyError>;

const BY_CAUSE: Readonly<Record<string, ProxyError>> = {
  ECONNREFUSED: UNREACHABLE,
  ENOTFOUND: UNREACHABLE,
  EAI_AGAIN: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  UND_ERR_CONNECT_TIMEOUT: UNREACHABLE,
  UND_ERR_HEADERS_TIMEOUT: TIMEOUT,
  UND_ERR_BODY_TIMEOUT: TIMEOUT,
  UND_ERR_INVALID_ARG: MALFORMED,
  UND_ERR_NOT_SUPPORTED: MALFORMED,
};

/** Which of the proxy's answers a failure of the primary becomes. */
export function toProxyError(error: unknown): ProxyError {
  return BY_CAUSE[codeOf(error) ?? ""] ?? BROKE_OFF;
}

/** The answer to a request that is refused at the door. */
export function refusalError(status: keyof typeof REFUSALS): ProxyError {
  return REFUSALS[status];
}
