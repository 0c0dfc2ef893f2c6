import type { SessionsHealth } from "@ipnuo/domain/session";
import { toWireDateOrNull } from "../runtime/sql.ts";
import type { HealthRow } from "./session-health.repository.ts";
import { toSocketStatus } from "./session-status.ts";

/** `GET sessions/health`: healthy when every session that should run is connected. */
export function toSessionsHealth(rows: readonly HealthRow[]): SessionsHealth {
  const sessions = rows.map(toHealth);
  const healthy = sessions.every(({ desiredState, isActuallyConnected }) => desiredState === "STOPPED" || isActuallyConnected);
  return { success: true, healthy, sessions };
}

function toHealth(row: HealthRow): SessionsHealth["sessions"][number] {
  return {
    sessionId: row.sessionId,
    status: row.status,
    socketStatus: toSocketStatus(row),
    desiredState: row.desiredState,
    isActuallyConnected: row.isActive && row.status === "CONNECTED" && row.isLeaseLive,
    leaseHeld: row.isLeaseLive,
    reconnectAttempts: row.reconnectAttempts,
    lastConnectionEventAt: toWireDateOrNull(row.lastConnectionEventAt),
    lastDisconnectReason: row.lastDisconnectReason,
    lastMessageAt: toWireDateOrNull(row.lastMessageAt),
    outbox: { queued: row.queued, unknown: row.unknown, failed: row.failed },
  };
}
