const ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id";

/** CORS headers, only for an origin that is allowed; never `*` (contract 1.1). */
export function corsHeaders(origin: string | undefined, allowed: readonly string[], methods: readonly string[]): Record<string, string> {
  if (origin === undefined || !allowed.includes(origin)) return {};
  return {
    "access-control-allow-origin": origin,
    vary: "Origin",
    "access-control-allow-credentials": "true",
    ...(methods.length === 0 ? {} : { "access-control-allow-methods": methods.join(", ") }),
    "access-control-allow-headers": ALLOWED_HEADERS,
  };
}
