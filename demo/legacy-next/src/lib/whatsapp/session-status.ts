import type { SessionStatusReply } from "@ipnuo/domain/session";
import { database } from "../database.ts";
import { isStorable } from "./wire.ts";

type StatusRow = {
  readonly status: SessionStatusReply["status"];
  readonly qrCode: string | null;
  readonly pairingCode: string | null;
  readonly isActive: boolean;
  readonly errorMessage: string | null;
  readonly hasLease: boolean;
  readonly isCodeFresh: boolean;
};

const SOCKET_STATUS = {
  CONNECTED: "connected",
  CONNECTING: "connecting",
  QR_REQUIRED: "qr_required",
  DISCONNECTED: "disconnected",
  ERROR: "disconnected",
} as const satisfies Record<StatusRow["status"], SessionStatusReply["socketStatus"]>;

/** An id that is no session of the tenant answers like a session that was never connected: the panel asks before it exists. */
const NEVER_CONNECTED: StatusRow = {
  status: "DISCONNECTED",
  qrCode: null,
  pairingCode: null,
  isActive: false,
  errorMessage: null,
  hasLease: false,
  isCodeFresh: false,
};

/** `GET status`. The database's clock decides about the lease and the age of the code, as it does for the worker. */
export async function readStatus(tenantId: string, sessionId: string): Promise<SessionStatusReply> {
  const rows = isStorable(sessionId)
    ? await database().$queryRaw<StatusRow[]>`
        select "status"::text as "status", "qrCode", "pairingCode", "isActive", "errorMessage",
               coalesce("leaseExpiresAt" > now() at time zone 'UTC', false) as "hasLease",
               coalesce("qrUpdatedAt" > now() at time zone 'UTC' - interval '120 seconds', false) as "isCodeFresh"
        from "whatsapp_sessions"
        where "sessionId" = ${sessionId} and "tenantId" = ${tenantId}`
    : [];
  return toStatusReply(rows[0] ?? NEVER_CONNECTED);
}

function toStatusReply(row: StatusRow): SessionStatusReply {
  const isPairing = row.status === "QR_REQUIRED" && row.isCodeFresh;
  const qr = isPairing ? row.qrCode : null;
  return {
    status: row.status,
    qr,
    qrCode: qr,
    pairingCode: isPairing ? row.pairingCode : null,
    socketStatus: socketStatusOf(row),
    isActive: row.isActive,
    errorMessage: row.errorMessage,
  };
}

/** A session that counts as connected while nobody holds its lease has no socket any more. */
export function socketStatusOf({ status, hasLease }: Pick<StatusRow, "status" | "hasLease">): SessionStatusReply["socketStatus"] {
  if (status === "CONNECTED" && !hasLease) return "disconnected";
  return SOCKET_STATUS[status];
}
