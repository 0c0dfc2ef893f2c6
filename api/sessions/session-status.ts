import type { SessionStatusReply } from "@ipnuo/domain/session";
import type { SessionStatus, SocketStatus } from "@ipnuo/domain/enums";

/** What `GET status` needs of a session; ages and leases are judged by the database's clock. */
export type StatusRow = {
  readonly status: SessionStatus;
  readonly isActive: boolean;
  readonly errorMessage: string | null;
  readonly qrCode: string | null;
  readonly pairingCode: string | null;
  /** Younger than 120 s. */
  readonly isCodeFresh: boolean;
  readonly isLeaseLive: boolean;
};

/** What an id that is no session of the tenant answers: the panel asks before the session exists. */
const FRESH_SESSION: StatusRow = {
  status: "DISCONNECTED",
  isActive: false,
  errorMessage: null,
  qrCode: null,
  pairingCode: null,
  isCodeFresh: false,
  isLeaseLive: false,
};

/** `GET status`: the QR or pairing code only while one is asked for, and no longer than it can be used. */
export function toStatusReply(row: StatusRow = FRESH_SESSION): SessionStatusReply {
  const isShown = row.status === "QR_REQUIRED" && row.isCodeFresh;
  const qr = isShown ? row.qrCode : null;
  return {
    status: row.status,
    qr,
    qrCode: qr,
    pairingCode: isShown ? row.pairingCode : null,
    socketStatus: toSocketStatus(row),
    isActive: row.isActive,
    errorMessage: row.errorMessage,
  };
}

/** CONNECTED with a dead lease is disconnected: nobody holds that socket. */
export function toSocketStatus({ status, isLeaseLive }: Pick<StatusRow, "status" | "isLeaseLive">): SocketStatus {
  switch (status) {
    case "CONNECTED":
      return isLeaseLive ? "connected" : "disconnected";
    case "QR_REQUIRED":
      return "qr_required";
    case "CONNECTING":
      return "connecting";
    case "DISCONNECTED":
    case "ERROR":
      return "disconnected";
  }
}
