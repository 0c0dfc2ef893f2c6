import type { Body, Observation, System } from "../shadow/core/types.ts";

export type Row = Readonly<Record<string, unknown>>;

/** Bytes of one row, near enough. */
const ROW_BYTES = 223;
const FIRST_MS = Date.UTC(2026, 0, 1);

/** A list of contacts of about this size, as a list endpoint answers it. */
export function contactRows(bytes: number): Row[] {
  return Array.from({ length: Math.round(bytes / ROW_BYTES) }, (_, index) => ({
    id: `c${String(index).padStart(24, "0")}`,
    jid: `1555${String(index).padStart(7, "0")}@s.whatsapp.net`,
    name: `Contact ${index}`,
    unreadCount: index % 5,
    lastMessageAt: new Date(FIRST_MS + index * 60_000).toISOString(),
    status: index % 3 === 0 ? "OPEN" : "CLOSED",
    assignee: index % 2 === 0 ? null : { id: `u${index % 7}`, name: `Agent ${index % 7}` },
    tags: ["customer", `tag-${index % 11}`],
  }));
}

/** The same rows with the first one at the end. */
export function moveFirstToEnd(rows: readonly Row[]): Row[] {
  return [...rows.slice(1), ...rows.slice(0, 1)];
}

/** The same rows with one value changed in as many of them, evenly spread. */
export function editRows(rows: readonly Row[], edits: number): Row[] {
  const step = Math.floor(rows.length / edits);
  return rows.map((row, index) => (index % step === 0 && index / step < edits ? { ...row, status: "ARCHIVED" } : row));
}

/** The same values with their keys the other way round: other bytes, nothing different. */
export function reverseKeys(rows: readonly Row[]): Row[] {
  return rows.map((row) => Object.fromEntries(Object.entries(row).toReversed()));
}

/** A whole answer of about this size, the same from every system. */
export function contactBody(bytes: number): Uint8Array {
  return toBytes(contactRows(bytes));
}

function toBytes(rows: readonly Row[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ contacts: rows, total: rows.length }));
}

export function observe(system: System, rows: readonly Row[]): Observation {
  const body: Body = { kind: "bytes", bytes: toBytes(rows) };
  return { system, status: 200, headers: [["content-type", "application/json"]], body, tookMs: 1 };
}
