import { codeOf } from "../../lib/errors.ts";
import { sqlStateOf } from "../http/database-outage.ts";

/** What may be logged of a failed statement: never its message, which repeats values. */
export function describeFailure(error: unknown) {
  return { errorName: error instanceof Error ? error.constructor.name : typeof error, code: codeOf(error), sqlState: sqlStateOf(error) };
}
