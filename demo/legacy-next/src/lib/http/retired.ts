import { env } from "../env.ts";
import { gone } from "./api-error.ts";
import type { Family } from "./families.ts";

/** A family that moved away answers where it went. Through the proxy nobody sees this: it asks the family's owner. Throws 410. */
export function assertNotRetired(family: Family | undefined, path: string): void {
  if (family !== undefined && env().retiredFamilies.includes(family)) throw gone(path.replace(/^\/api\/(?!internal\/)/, "/api/v1/"));
}
