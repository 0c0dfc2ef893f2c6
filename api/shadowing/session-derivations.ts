import { connectionUpdate, pairingCode, qrCode, type ConnectionFact } from "@ipnuo/domain/event-payloads";
import type { SessionStatus } from "@ipnuo/domain/enums";
import { derived, factNotFound, notDerivable, type BusinessKey, type Derivation } from "./derivation.ts";

/** A session, as far as its events show it. */
export type SessionRow = {
  readonly sessionId: string;
  readonly tenantId: string;
  readonly status: SessionStatus;
  readonly phoneNumber: string | null;
  readonly accountName: string | null;
  readonly errorMessage: string | null;
  readonly qrCode: string | null;
  readonly pairingCode: string | null;
  readonly qrUpdatedAt: Date | null;
  readonly lastConnected: Date | null;
  readonly lastDisconnectReason: string | null;
  readonly lastDisconnectCode: number | null;
  readonly reconnectAttempts: number;
  readonly updatedAt: Date;
};

/** A test QR is stored nowhere, a code that was replaced or used no longer. */
export function deriveQr(session: SessionRow, { qr }: BusinessKey): Derivation {
  if (qr === undefined) return factNotFound(session.updatedAt);
  return qr === session.qrCode ? derived(session.updatedAt, qrCode(session, qr)) : notDerivable(session.updatedAt);
}

export function derivePairingCode(session: SessionRow, { code }: BusinessKey): Derivation {
  if (code === undefined) return factNotFound(session.updatedAt);
  return code === session.pairingCode ? derived(session.updatedAt, pairingCode(session, code)) : notDerivable(session.updatedAt);
}

const STATUSES: ReadonlySet<string> = new Set([
  "connected",
  "disconnected",
  "connecting",
  "qr_required",
  "error",
] satisfies Lowercase<SessionStatus>[]);

/** Only the present state can be told again. */
export function deriveConnection(session: SessionRow, key: BusinessKey): Derivation {
  const status = key.status?.toLowerCase() ?? "";
  if (!STATUSES.has(status)) return factNotFound(session.updatedAt);
  if (status !== session.status.toLowerCase()) return notDerivable(session.updatedAt);
  const reason = reasonOf(session);
  if (reason === undefined) return notDerivable(session.updatedAt);
  return derived(session.updatedAt, connectionUpdate({ ...session, ...reason }));
}

type Reason = Pick<ConnectionFact, "reason" | "code" | "message">;

const NO_REASON: Reason = { reason: null };

/** Why the session is as it is; undefined when its row does not say whether the stored reason is of now or of an earlier time. */
function reasonOf(session: SessionRow): Reason | undefined {
  const { status, lastDisconnectReason: reason, lastDisconnectCode: code, errorMessage: message } = session;
  switch (status) {
    case "CONNECTED":
    case "QR_REQUIRED":
      return NO_REASON;
    case "CONNECTING":
      return reasonOfConnecting(session);
    case "DISCONNECTED":
    case "ERROR":
      // A code beside a stop that was asked for is one of an earlier close.
      return reason === "stopped_by_user" ? { reason } : { reason, code, message };
  }
}

/** A session that is connected anew keeps its old reason: only those of a socket that will be back can be of now (contract 4.2). */
function reasonOfConnecting({ lastDisconnectReason: reason, reconnectAttempts, qrUpdatedAt, lastConnected }: SessionRow): Reason | undefined {
  if (reason === "connection_lost") return reconnectAttempts > 0 ? { reason } : undefined;
  if (reason !== "restart_required") return NO_REASON;
  // Asked for right after pairing; afterwards it stays in the row.
  const isPairing = qrUpdatedAt !== null && (lastConnected === null || lastConnected < qrUpdatedAt);
  return isPairing ? { reason } : undefined;
}
