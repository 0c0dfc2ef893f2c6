import type { ErrorBody } from "@ipnuo/domain/values";

/** A refusal as the contract spells it; the errors filter turns it into the reply. */
export class ContractError extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: ErrorBody, headers: Readonly<Record<string, string>> = {}) {
    super(body.error);
    this.name = "ContractError";
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

const RETRY_AFTER_SECONDS = 5;

/** 400 with the first problem; `details` names all of them when there are several. */
export function invalid(problems: readonly string[]): ContractError {
  const [first = "Request is invalid"] = problems;
  return new ContractError(400, problems.length > 1 ? { error: first, details: [...problems] } : { error: first });
}

/** The same answer whatever is wrong with the token. */
export function unauthorized(): ContractError {
  return new ContractError(401, { error: "Unauthorized" }, { "www-authenticate": "Bearer" });
}

export function forbidden(text = "Forbidden"): ContractError {
  return new ContractError(403, { error: text });
}

/** Unknown and foreign are the same answer. */
export function contactNotFound(): ContractError {
  return notFound("Contact not found");
}

/** The caller, or whoever is named, has no row among the tenant's users. */
export function userNotFound(): ContractError {
  return notFound("User not found");
}

export function notFound(text = "Not found"): ContractError {
  return new ContractError(404, { error: text });
}

/** Unknown and foreign sessions are the same answer. */
export function sessionNotFound(): ContractError {
  return notFound("Session not found or access denied");
}

export function badBody(): ContractError {
  return new ContractError(400, { error: "Invalid JSON body" });
}

/** The state forbids it. */
export function conflict(text: string, headers: Readonly<Record<string, string>> = {}): ContractError {
  return new ContractError(409, { error: text }, headers);
}

export function payloadTooLarge(): ContractError {
  return new ContractError(413, { error: "Payload too large" });
}

export function unsupportedType(): ContractError {
  return new ContractError(415, { error: "Unsupported content type" });
}

export function tooManyRequests(retryAfterSeconds: number): ContractError {
  return new ContractError(429, { error: "Too many requests" }, { "retry-after": String(retryAfterSeconds) });
}

/** There is no broker to tell. */
export function unconfigured(): ContractError {
  return new ContractError(503, { error: "Realtime not configured" });
}

/** `phrase` null: the one endpoint that says nothing but this (contract 3.9). */
export function failed(phrase: string | null, requestId: string): ContractError {
  return new ContractError(500, phrase === null ? { error: "Internal server error" } : { error: `Failed to ${phrase}`, details: requestId });
}

export function unavailable(requestId: string): ContractError {
  return new ContractError(503, { error: "Service unavailable", details: requestId }, { "retry-after": String(RETRY_AFTER_SECONDS) });
}
