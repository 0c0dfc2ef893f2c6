import { DEFAULT_SESSION_CONFIG, type Session, type SessionConfigRow } from "@ipnuo/domain/session";
import type { SessionStatus } from "@ipnuo/domain/enums";
import { toSessionConfig, type ConfigColumns } from "../config/session-config.ts";
import { toObjectOrNull, toWireDate, toWireDateOrNull } from "../runtime/sql.ts";

/** A session with its counts, as the repository reads it. Credentials stay in the database. */
export type SessionRow = {
  readonly id: string;
  readonly sessionId: string;
  readonly tenantId: string;
  readonly name: string | null;
  readonly phoneNumber: string | null;
  readonly status: SessionStatus;
  readonly isActive: boolean;
  readonly browserActive: boolean;
  readonly lastSync: Date;
  readonly lastConnected: Date | null;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly isLeaseLive: boolean;
  readonly hasCredentials: boolean;
  readonly lastConnectionEventAt: Date | null;
  readonly lastDisconnectReason: string | null;
  readonly qrUpdatedAt: Date | null;
  readonly reconnectAttempts: number;
  readonly messageCount: number;
  readonly contactCount: number;
  readonly configId: string | null;
  readonly configMetadata: unknown;
  readonly configCreatedAt: Date | null;
  readonly configUpdatedAt: Date | null;
} & ConfigColumns;

/** A session as the contract shows it (3.1). */
export function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    sessionId: row.sessionId,
    tenantId: row.tenantId,
    name: row.name,
    phoneNumber: row.phoneNumber,
    status: row.status,
    isActive: row.isActive,
    browserActive: row.browserActive,
    lastSync: toWireDate(row.lastSync),
    lastConnected: toWireDateOrNull(row.lastConnected),
    errorMessage: row.errorMessage,
    routingRule: row.routingRule ?? DEFAULT_SESSION_CONFIG.routingRule,
    config: toConfigRow(row),
    stats: { messages: row.messageCount, contacts: row.contactCount },
    timestamps: { createdAt: toWireDate(row.createdAt), updatedAt: toWireDate(row.updatedAt) },
    runtime: { socket: toSocket(row) },
  };
}

function toConfigRow(row: SessionRow): SessionConfigRow | null {
  if (row.configId === null || row.configCreatedAt === null || row.configUpdatedAt === null) return null;
  return {
    id: row.configId,
    sessionId: row.sessionId,
    ...toSessionConfig(row),
    metadata: toObjectOrNull(row.configMetadata),
    createdAt: toWireDate(row.configCreatedAt),
    updatedAt: toWireDate(row.configUpdatedAt),
  };
}

function toSocket(row: SessionRow): Session["runtime"]["socket"] {
  return {
    status: row.status.toLowerCase() as Lowercase<SessionStatus>,
    isActuallyConnected: row.isActive && row.status === "CONNECTED" && row.isLeaseLive,
    socketExists: row.isLeaseLive,
    hasCredentials: row.hasCredentials,
    lastConnectionEventAt: toWireDateOrNull(row.lastConnectionEventAt),
    lastDisconnectReason: row.lastDisconnectReason,
    lastQRCodeDetectedAt: toWireDateOrNull(row.qrUpdatedAt),
    reconnectAttempts: row.reconnectAttempts,
  };
}
