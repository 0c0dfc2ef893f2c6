import { Prisma } from "../../prisma/generated/whatsapp/client.ts";

/** A statement in parts; values become parameters. */
export const { sql, empty } = Prisma;
export type Sql = Prisma.Sql;

/** The database's clock as the columns hold time: UTC, without a zone. Never the session's time zone. */
export const UTC_NOW = sql`(now() at time zone 'utc')`;

/** A moment as a `timestamp` parameter: text, so that neither the driver nor the session's time zone can move it. */
export function timestampOf(date: Date): Sql {
  return sql`${date.toISOString()}::timestamp(3)`;
}

/** A stored date on the wire. */
export function toWireDate(date: Date): string {
  return date.toISOString();
}

/** A stored date that may be missing, on the wire. */
export function toWireDateOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

/** A JSON column that holds an object, else null. */
export function toObjectOrNull(json: unknown): Record<string, unknown> | null {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : null;
}
