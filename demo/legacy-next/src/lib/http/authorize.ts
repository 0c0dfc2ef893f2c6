import { callerOf, type Caller } from "../auth/caller.ts";
import { forbidden, unauthorized } from "./api-error.ts";
import { isAdmin } from "./member.ts";

/** `user`: any role. */
export type RequiredRole = "user" | "admin";

/** Who asks, when they may: throws 401, then 403. */
export async function authorize(headers: Pick<Headers, "get">, role: RequiredRole): Promise<Caller> {
  const caller = await callerOf(headers);
  if (caller === undefined) throw unauthorized();
  if (role === "admin" && !isAdmin(caller)) throw forbidden();
  return caller;
}
