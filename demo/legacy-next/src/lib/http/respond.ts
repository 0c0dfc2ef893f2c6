import { isDatabaseUnavailable } from "../database-unavailable.ts";
import { env } from "../env.ts";
import { logFailure, logUnavailable } from "../log.ts";
import { ApiError, failed, unavailable } from "./api-error.ts";
import { corsHeaders } from "./cors.ts";
import { DeadlineError } from "./deadline.ts";
import { requestIdOf } from "./request-id.ts";

/** Of a JSON reply. The content type has no charset: clients of the first version compared it as text. */
const JSON_HEADERS = { "Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

/** `json`, or the bytes of `body` with headers that describe them, or neither. */
export type Produced = {
  readonly status: number;
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The request, as it is called in every log line and outgoing call. */
export type Asked = { readonly requestId: string };

type Route = {
  /** Methods this path has, as in `Allow`. */
  readonly methods: string;
  /** Completes `Failed to …`. */
  readonly failure: string;
};

/** Runs a handler and turns whatever comes of it into a reply of the contract: errors, request id, CORS. */
export async function respond(request: Request, { methods, failure }: Route, produce: (asked: Asked) => Promise<Produced>): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  const { status, json, body, headers } = await run(() => produce({ requestId })).catch((error: unknown) =>
    errorReply(error, { failure, requestId }),
  );
  return new Response(json === undefined ? (body ?? null) : JSON.stringify(json), {
    status,
    headers: {
      ...(json === undefined ? {} : JSON_HEADERS),
      ...headers,
      ...corsHeaders(request.headers.get("origin"), env().allowedOrigins, methods),
      "X-Request-Id": requestId,
    },
  });
}

/** What throws at once rejects as well. */
const run = async (produce: () => Promise<Produced>): Promise<Produced> => produce();

function errorReply(error: unknown, { failure, requestId }: { failure: string; requestId: string }): Produced {
  const { status, body, headers } = toApiError(error, { failure, requestId });
  return { status, json: body, headers };
}

function toApiError(error: unknown, { failure, requestId }: { failure: string; requestId: string }): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof DeadlineError || isDatabaseUnavailable(error)) {
    logUnavailable({ requestId, failure, error });
    return unavailable(requestId);
  }
  logFailure({ requestId, failure, error });
  return failed(failure, requestId);
}
