const REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id";

/** The CORS headers of one reply; none for an origin that is not listed. Never `*`: the API takes cookies. */
export function corsHeaders(origin: string | null, allowedOrigins: readonly string[], methods: string): Record<string, string> {
  if (origin === null || !allowedOrigins.includes(origin)) return {};
  return {
    "Access-Control-Allow-Origin": origin,
    Vary: "Origin",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Methods": methods,
    "Access-Control-Allow-Headers": REQUEST_HEADERS,
  };
}
