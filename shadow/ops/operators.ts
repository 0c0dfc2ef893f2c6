import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { AppError } from "../../lib/errors.ts";

/** Who may look, and who may change stages and states. */
export type OpsRole = "viewer" | "releaser";
export type Operator = { readonly name: string; readonly role: OpsRole };
export type OpsToken = Operator & { readonly secret: string };

const MIN_SECRET_LENGTH = 16;
const SESSION_MS = 12 * 3_600_000;

/** `name:role:secret,…`. Throws `ENV_OPS_TOKENS` with the entry's number; a secret is never repeated. */
export function parseOpsTokens(text: string): OpsToken[] {
  return text.split(",").map((entry, index) => {
    const [name = "", role = "", ...rest] = entry.trim().split(":");
    const secret = rest.join(":");
    const place = `PARALLAX_OPS_TOKENS: entry ${index + 1}`;
    if (!/^[\w.@-]{1,64}$/.test(name)) throw new AppError("ENV_OPS_TOKENS", `${place}: expected name:role:secret`);
    if (role !== "viewer" && role !== "releaser")
      throw new AppError("ENV_OPS_TOKENS", `${place} (${name}): expected the role viewer or releaser, got "${role}"`);
    if (secret.length < MIN_SECRET_LENGTH)
      throw new AppError("ENV_OPS_TOKENS", `${place} (${name}): expected a secret of at least ${MIN_SECRET_LENGTH} characters`);
    return { name, role, secret };
  });
}

/** Tells who presents a secret or a session. Every comparison takes the same time whatever is presented. */
export class Operators {
  readonly #tokens: readonly OpsToken[];
  readonly #sessionKey = randomBytes(32);

  constructor(tokens: readonly OpsToken[]) {
    this.#tokens = tokens;
  }

  bySecret(secret: string): Operator | undefined {
    let found: Operator | undefined;
    for (const token of this.#tokens) if (isSame(token.secret, secret)) found = { name: token.name, role: token.role };
    return found;
  }

  /** A signed session for a browser; it ends with this process, or after twelve hours. */
  openSession({ name }: Operator, nowMs: number): string {
    const payload = `${Buffer.from(name).toString("base64url")}.${nowMs + SESSION_MS}`;
    return `${payload}.${this.#sign(payload)}`;
  }

  bySession(session: string, nowMs: number): Operator | undefined {
    const [name = "", expires = "", signature = ""] = session.split(".");
    if (!isSame(this.#sign(`${name}.${expires}`), signature) || Number(expires) < nowMs) return undefined;
    const token = this.#tokens.find((each) => each.name === Buffer.from(name, "base64url").toString());
    return token === undefined ? undefined : { name: token.name, role: token.role };
  }

  #sign(payload: string): string {
    return createHmac("sha256", this.#sessionKey).update(payload).digest("base64url");
  }
}

function isSame(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
