import { jwtVerify, SignJWT, type JWTPayload } from "jose";

const ROLES = ["super_admin", "admin", "user"] as const;
export type Role = (typeof ROLES)[number];

/** Who a valid token speaks for. */
export type Caller = {
  readonly userId: string;
  readonly email: string | undefined;
  readonly tenantId: string | undefined;
  readonly role: Role;
};

const MAX_TOKEN_CHARACTERS = 4_096;

/** The caller of a good token, undefined for any other: nobody learns what was wrong with it. */
export async function verifyToken(token: string, secret: string): Promise<Caller | undefined> {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  try {
    const { payload } = await jwtVerify(token, keyOf(secret), { algorithms: ["HS256"], requiredClaims: ["sub", "exp"], clockTolerance: 0 });
    return toCaller(payload);
  } catch {
    return undefined;
  }
}

/** A token of the kind `verifyToken` takes, valid for `lifetimeSeconds` from `issuedAtSeconds`. */
export async function signToken(caller: Caller, secret: string, validity: { issuedAtSeconds: number; lifetimeSeconds: number }): Promise<string> {
  const { userId, email, tenantId, role } = caller;
  return new SignJWT({ ...(email === undefined ? {} : { email }), ...(tenantId === undefined ? {} : { tenantId }), role })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(userId)
    .setExpirationTime(validity.issuedAtSeconds + validity.lifetimeSeconds)
    .sign(keyOf(secret));
}

function toCaller(claims: JWTPayload): Caller | undefined {
  // Service tokens carry an audience; they must not pass for a user.
  if ("aud" in claims) return undefined;
  const { sub } = claims;
  const email = textClaim(claims["email"]);
  const tenantId = textClaim(claims["tenantId"]);
  if (typeof sub !== "string" || sub === "" || email === "malformed" || tenantId === "malformed") return undefined;
  return { userId: sub, email: email?.text, tenantId: tenantId?.text, role: ROLES.find((role) => role === claims["role"]) ?? "user" };
}

/** A string or absent; null and the empty string count as absent. */
function textClaim(value: unknown): { readonly text: string } | "malformed" | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? { text: value } : "malformed";
}

const keyOf = (secret: string): Uint8Array => new TextEncoder().encode(secret);
