import { userInfo } from "node:os";
import { AppError } from "../lib/errors.ts";

/** The person at this terminal, as the machine knows them. */
export function operator(): string {
  return `cli:${userInfo().username}`;
}

/** Throws `USAGE_INVALID` for a reason that says nothing. */
export function reasonOf({ reason }: { readonly reason: string }): string {
  if (reason.trim() !== "") return reason.trim();
  throw new AppError("USAGE_INVALID", "--reason: expected a text that says why");
}
