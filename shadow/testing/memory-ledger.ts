import type { Begun, SendRow } from "../store/send-store.ts";
import type { LedgerTable } from "./send-world.ts";

type Held = Omit<SendRow, "nowMs"> & { slot: string };

/** The ledger's table as plain data: the statements of `send-statements.ts` said again in a few lines, to check steps by the thousand. */
export function createMemoryLedger(): LedgerTable {
  let nowMs = 0;
  let rows: Held[] = [];
  const replace = (row: Held, more: Partial<Held>): void => void (rows = rows.map((each) => (each === row ? { ...row, ...more } : each)));
  const byId = (id: string): Held | undefined => rows.find((each) => each.id === id);
  return {
    begin: async (send, leaseMs): Promise<Begun> => {
      const held = rows.find(({ slot }) => slot === send.slot);
      const isFree = held === undefined || (held.freeAtMs !== null && held.freeAtMs <= nowMs && ["completed", "released"].includes(held.state));
      if (!isFree) return { ...held, nowMs, isTaken: false };
      const { id, slot, owner, requestId, fingerprint, keyId, sealedKey } = send;
      const row: Held = {
        id,
        slot,
        owner,
        requestId,
        fingerprint: fingerprint ?? null,
        keyId,
        sealedKey,
        state: "in-flight",
        attempt: 1,
        answer: null,
        leaseUntilMs: nowMs + leaseMs,
        freeAtMs: null,
      };
      rows = [...rows.filter((each) => each !== held), row];
      return { ...row, nowMs, isTaken: true };
    },
    claim: async ({ id, attempt }, leaseMs) => {
      const row = byId(id);
      const isOpen = row?.attempt === attempt && (row.state === "unknown" || (row.state === "in-flight" && row.leaseUntilMs <= nowMs));
      if (row === undefined || !isOpen) return undefined;
      replace(row, { state: "in-flight", attempt: attempt + 1, leaseUntilMs: nowMs + leaseMs, freeAtMs: null });
      return attempt + 1;
    },
    complete: async ({ id, freeAfterMs, answer }) => {
      const row = byId(id);
      if (row === undefined || (row.state === "completed" && row.answer !== null)) return;
      replace(row, { state: "completed", freeAtMs: freeAfterMs === undefined ? null : nowMs + freeAfterMs, answer: row.answer ?? answer ?? null });
    },
    settle: async ({ id, attempt, state, freeAfterMs }) => {
      const row = byId(id);
      if (row?.attempt !== attempt || !["in-flight", "unknown"].includes(row.state)) return;
      replace(row, { state, freeAtMs: freeAfterMs === undefined ? null : nowMs + freeAfterMs });
    },
    putAside: async (id) => {
      const row = byId(id);
      if (row !== undefined) replace(row, { slot: row.id, freeAtMs: null });
    },
    find: async (id) => {
      const row = byId(id);
      return row === undefined ? undefined : { ...row, nowMs };
    },
    sweep: async () => {
      const due = rows.filter((row) => row.state === "in-flight" && row.leaseUntilMs <= nowMs);
      for (const row of due) replace(row, { state: "unknown" });
      return due.length;
    },
    advance: async (ms) => void (nowMs += ms),
  };
}
