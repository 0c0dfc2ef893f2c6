import { randomUUID } from "node:crypto";

const WELL_FORMED = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's id when it is well formed, else one of our own. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given !== null && WELL_FORMED.test(given) ? given : randomUUID();
}
