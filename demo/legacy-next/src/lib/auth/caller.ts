import { env } from "../env.ts";
import { readToken } from "./token-source.ts";
import { verifyToken, type Caller } from "./token.ts";

export type { Caller } from "./token.ts";

/** Who sent these headers; undefined when they hold no valid token. The user's row is not looked up. */
export async function callerOf(headers: Pick<Headers, "get">): Promise<Caller | undefined> {
  const token = readToken(headers);
  return token === undefined ? undefined : verifyToken(token, env().authSecret);
}
