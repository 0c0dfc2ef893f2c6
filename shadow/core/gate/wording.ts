/** Figures as people read them. */

export function percent(share: number): string {
  if (share === 0) return "0 %";
  const value = share * 100;
  const digits = value >= 10 ? 0 : value >= 1 ? 1 : value >= 0.1 ? 2 : 3;
  return `${Number(value.toFixed(digits))} %`;
}

export function count(value: number, noun: string): string {
  return `${value.toLocaleString("en-US")} ${noun}${value === 1 ? "" : "s"}`;
}

/** `about 3 hours`; undefined for what will not happen at this rate. */
export function duration(minutes: number): string | undefined {
  if (!Number.isFinite(minutes)) return undefined;
  if (minutes < 1) return "less than a minute";
  if (minutes < 90) return `about ${count(Math.ceil(minutes), "minute")}`;
  if (minutes < 48 * 60) return `about ${count(Math.ceil(minutes / 60), "hour")}`;
  return `about ${count(Math.ceil(minutes / 1_440), "day")}`;
}
