import type { Contact } from "@ipnuo/domain/contact";

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** Dates are shown in UTC, whoever looks: two people on one screen share talk about the same minute. */

/** `14:05` */
export const formatClock = (iso: string): string => iso.slice(11, 16);

/** `23 Nov` */
const formatDay = (iso: string): string => `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1] ?? ""}`;

/** `23 Nov, 14:05` */
export const formatMoment = (iso: string): string => `${formatDay(iso)}, ${formatClock(iso)}`;

/** `Mon 23 Nov 2026` */
export const formatFullDay = (iso: string): string => `${WEEKDAYS[new Date(iso).getUTCDay()] ?? ""} ${formatDay(iso)} ${iso.slice(0, 4)}`;

const UNITS = ["B", "KB", "MB", "GB"] as const;

/** `48 KB`: three digits at most, decimal units as file managers show them. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1_000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[power] ?? "B"}`;
}

/** `0:12`, `1:02:03` */
export function formatDuration(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** What a contact is called; its number, else its address, when it has no name. */
export function titleOf({ name, phoneNumber, jid }: Pick<Contact, "name" | "phoneNumber" | "jid">): string {
  return name ?? (phoneNumber === null ? jid : `+${phoneNumber}`);
}

/** Two letters, or the last two digits, for the round badge. */
export function initialsOf(title: string): string {
  const letters = title.split(/\s+/).flatMap((word) => /^\p{L}/u.exec(word) ?? []);
  return letters.length === 0 ? (/[0-9]{2}(?=[^0-9]*$)/.exec(title)?.[0] ?? "") : letters.slice(0, 2).join("").toUpperCase();
}
