import { createHash } from "node:crypto";
import type { Emission } from "../core/emissions/emission.ts";

type Members = Readonly<Record<string, unknown>>;

/** The member that holds the time of an emission, in epoch milliseconds. */
const EMITTED_AT = "timestamp";

/** The members of a payload; none of one that is no JSON object. */
export function membersOf(data: string): Members {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
  } catch {
    return {};
  }
}

export function tenantOf(members: Members, tenantMember: string): string | undefined {
  const tenant = members[tenantMember];
  return typeof tenant === "string" ? tenant : undefined;
}

/** When the system says that it emitted; when the tap saw it, where it does not say. */
export function emittedAtOf(members: Members, { atMs }: Emission): number {
  const emitted = members[EMITTED_AT];
  return typeof emitted === "number" && Number.isSafeInteger(emitted) ? emitted : atMs;
}

/** Names one emission of one system by all that it says but when: an emitter that tries again stamps it anew. */
export function attemptIdOf({ system, event, channel, data }: Omit<Emission, "atMs">): string {
  const { [EMITTED_AT]: _time, ...members } = membersOf(data);
  const said = Object.keys(members).length === 0 ? data : JSON.stringify(members);
  return createHash("sha256").update(`${system}\n${event}\n${channel}\n${said}`).digest("base64");
}
