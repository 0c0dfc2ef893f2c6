const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** An ISO date, which is midnight in UTC, or a date and time with its offset; undefined for anything else, 30 February included. */
export function parseDateOrInstant(value: unknown): Date | undefined {
  if (typeof value !== "string") return undefined;
  return isCalendarDate(value) || isCalendarDate(DATE_TIME.exec(value)?.[1] ?? "") ? new Date(value) : undefined;
}

/** A date and time with its offset. */
export function parseInstant(value: unknown): Date | undefined {
  return typeof value === "string" && DATE_TIME.test(value) ? parseDateOrInstant(value) : undefined;
}

function isCalendarDate(text: string): boolean {
  const [, year = "", month, day] = DATE.exec(text) ?? [];
  if (year === "" || Number(year) === 0) return false; // PostgreSQL has no year 0
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  date.setUTCFullYear(Number(year)); // `Date.UTC` takes 0 to 99 for 1900 to 1999
  return date.toISOString().startsWith(text);
}
