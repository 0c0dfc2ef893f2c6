/** Dates, JSON columns and texts as they go over the wire. */

export const dateOrNull = (date: Date | null): string | null => (date === null ? null : date.toISOString());

/** A JSON column that holds an object; anything else is treated as absent. */
export function objectOrNull(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

/** PostgreSQL refuses U+0000 in a text: a reference with one is unknown without being asked for. */
export const isStorable = (text: string): boolean => !text.includes("\u0000");
