import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Names on the wire that more than one program knows. */
export const HEADER = {
  role: "x-parallax-role",
  signature: "x-parallax-signature",
  requestId: "x-request-id",
  idempotencyKey: "idempotency-key",
  idempotentReplayed: "idempotent-replayed",
} as const;

/** Everything a client sends under this prefix is dropped at the door. */
export const PARALLAX_HEADER_PREFIX = "x-parallax-";

export const CANDIDATE_ROLE = "candidate";

/** How far the signature's time may lie from the verifier's clock. */
export const ROLE_MAX_SKEW_MS = 300_000;

/** What a role signature binds. `target` is the request target as sent: path and query. */
export type SignedRequest = { readonly method: string; readonly target: string; readonly body: Uint8Array; readonly atMs: number };

/** `t=<epoch ms>,v1=<hex HMAC-SHA256>` over role, method, target, time and body hash. */
export function signRole(request: SignedRequest, secret: string): string {
  return `t=${request.atMs},v1=${roleMac(request, secret).toString("hex")}`;
}

/** True when the signature was made with the secret for exactly this request, within the allowed skew. Constant time. */
export function isRoleSignatureValid(
  header: string,
  request: Omit<SignedRequest, "atMs">,
  options: { readonly secret: string; readonly nowMs: number },
): boolean {
  const match = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(header);
  if (match === null) return false;
  const atMs = Number(match[1]);
  const expected = roleMac({ ...request, atMs }, options.secret);
  const isSame = timingSafeEqual(expected, Buffer.from(match[2] ?? "", "hex"));
  return isSame && Math.abs(options.nowMs - atMs) <= ROLE_MAX_SKEW_MS;
}

function roleMac({ method, target, body, atMs }: SignedRequest, secret: string): Buffer {
  const bodyHash = createHash("sha256").update(body).digest("hex");
  return createHmac("sha256", secret)
    .update(["v1", CANDIDATE_ROLE, method.toUpperCase(), target, String(atMs), bodyHash].join("\n"))
    .digest();
}
