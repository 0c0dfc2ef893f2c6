type ErrorBody = { readonly error: string; readonly details?: string | readonly string[] };

/** An answer other than 200 that the contract knows. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.error);
  }
}

export const unauthorized = (): ApiError => new ApiError(401, { error: "Unauthorized" }, { "WWW-Authenticate": "Bearer" });
export const forbidden = (): ApiError => new ApiError(403, { error: "Forbidden" });
export const noTenant = (): ApiError => new ApiError(400, { error: "User not associated with tenant" });

/** Unknown and foreign are the same answer. */
export const notFound = (error: NotFound): ApiError => new ApiError(404, { error });

type NotFound =
  | "Not found"
  | "Session not found or access denied"
  | "Contact not found"
  | "Message not found"
  | "Media not found"
  | "Transfer request not found"
  | "User not found"
  | "Target not found";

/** The state forbids it; `error` is the endpoint's text. */
export const conflict = (error: string, headers: Readonly<Record<string, string>> = {}): ApiError => new ApiError(409, { error }, headers);

export const gone = (newPath: string): ApiError => new ApiError(410, { error: "Gone", details: newPath });
export const payloadTooLarge = (): ApiError => new ApiError(413, { error: "Payload too large" });
export const unsupportedContentType = (): ApiError => new ApiError(415, { error: "Unsupported content type" });
export const invalidJsonBody = (): ApiError => new ApiError(400, { error: "Invalid JSON body" });

export const tooManyRequests = (retryAfterSeconds: number): ApiError =>
  new ApiError(429, { error: "Too many requests" }, { "Retry-After": String(retryAfterSeconds) });

export const realtimeNotConfigured = (): ApiError => new ApiError(503, { error: "Realtime not configured" });

/** `problems` in the order of the field table; at least one. */
export function badFields(problems: readonly string[]): ApiError {
  const error = problems[0] ?? "Request is invalid";
  return new ApiError(400, problems.length > 1 ? { error, details: problems } : { error });
}

const RETRY_AFTER_SECONDS = "5";

export const unavailable = (requestId: string): ApiError =>
  new ApiError(503, { error: "Service unavailable", details: requestId }, { "Retry-After": RETRY_AFTER_SECONDS });

export const failed = (phrase: string, requestId: string): ApiError => new ApiError(500, { error: `Failed to ${phrase}`, details: requestId });
