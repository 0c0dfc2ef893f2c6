import type { SessionStatus } from "./enums.ts";
import type { SessionQrBody, SessionStateBody } from "./ingest.ts";

/** What a session's row is after a report of the worker (contract 4.2). Pure. */

export type ReportedSession = {
  readonly status: SessionStatus;
  readonly desiredState: "RUNNING" | "STOPPED";
  readonly name: string | null;
  readonly phoneNumber: string | null;
  readonly accountName: string | null;
  readonly qrCode: string | null;
  readonly pairingCode: string | null;
  readonly lastDisconnectReason: string | null;
  readonly stateEpoch: number;
  readonly stateSeq: number;
  readonly leaseEpoch: number;
};

export type ReportRefusal = "Lease epoch is stale" | "Session is stopped";

/** Why a report is not taken; undefined when it is. `isKnown`: it, or a later one, was taken before. */
export function judgeReport(
  session: ReportedSession,
  { epoch, seq, status }: { readonly epoch: number; readonly seq: number; readonly status: SessionStatus },
): ReportRefusal | "known" | undefined {
  if (epoch < session.leaseEpoch) return "Lease epoch is stale";
  if (epoch < session.stateEpoch || (epoch === session.stateEpoch && seq <= session.stateSeq)) return "known";
  return session.desiredState === "STOPPED" && status !== "DISCONNECTED" ? "Session is stopped" : undefined;
}

/** After these nobody tries again before a person connects the session. */
const STOPPING_REASONS: ReadonlySet<string | undefined> = new Set(["logged_out", "qr_timeout", "pairing_invalid"]);

/** The columns a state report sets. */
export function toStateColumns(session: ReportedSession, report: SessionStateBody, now: Date) {
  const { epoch, seq, status, reason, occurredAt } = report;
  const always = { status, stateEpoch: epoch, stateSeq: seq, lastConnectionEventAt: occurredAt, lastSync: now, qrCode: null, pairingCode: null };
  switch (status) {
    case "CONNECTED":
      return {
        ...always,
        isActive: true,
        lastConnected: occurredAt,
        errorMessage: null,
        reconnectAttempts: 0,
        phoneNumber: report.phoneNumber ?? session.phoneNumber,
        accountName: report.accountName ?? session.accountName,
        name: session.name ?? report.accountName ?? null,
      };
    case "CONNECTING":
      return {
        ...always,
        isActive: false,
        reconnectAttempts: report.reconnectAttempts,
        ...(reason === undefined ? {} : { lastDisconnectReason: reason }),
      };
    case "DISCONNECTED":
    case "ERROR":
      return {
        ...always,
        isActive: false,
        lastDisconnectReason: reason ?? null,
        lastDisconnectCode: report.code ?? null,
        errorMessage: reason === "stopped_by_user" ? null : (report.message ?? null),
        ...(status === "ERROR" || STOPPING_REASONS.has(reason) ? { desiredState: "STOPPED" as const } : {}),
      };
  }
}

/** Whether a code is another one than the stored. */
export function isNewCode({ status, qrCode, pairingCode }: ReportedSession, { qr, pairingCode: code }: SessionQrBody): boolean {
  return status !== "QR_REQUIRED" || (qr === undefined ? code !== pairingCode : qr !== qrCode);
}

/** The columns a new code sets. */
export function toCodeColumns({ epoch, seq, qr, pairingCode, occurredAt }: SessionQrBody, now: Date) {
  return {
    status: "QR_REQUIRED" as const,
    isActive: false,
    stateEpoch: epoch,
    stateSeq: seq,
    qrCode: qr ?? null,
    pairingCode: qr === undefined ? (pairingCode ?? null) : null,
    qrUpdatedAt: occurredAt,
    lastConnectionEventAt: occurredAt,
    lastSync: now,
  };
}
