import type { WhatsAppSession } from "../../../generated/prisma/client.ts";
import type { Body } from "../http/body.ts";
import type { Asked } from "../http/respond.ts";
import { connectionUpdate } from "../realtime/session-events.ts";
import { readInstant, readInteger, readOptionalInteger, readOptionalLabel } from "./fields.ts";
import { applyReport, readPosition, type Position } from "./session-report.ts";

const STATUSES = ["CONNECTING", "CONNECTED", "DISCONNECTED", "ERROR"] as const;
const DIGITS = /^[0-9]{6,15}$/;
/** After these only a user starts the session again, as after every error. */
const FINAL_REASONS = new Set(["logged_out", "qr_timeout", "pairing_invalid"]);
const ASKED_FOR = "stopped_by_user";

export type StateReport = Position & {
  readonly status: (typeof STATUSES)[number];
  readonly phoneNumber: string | null;
  readonly accountName: string | null;
  readonly reason: string | null;
  readonly code: number | null;
  readonly message: string | null;
  readonly reconnectAttempts: number;
  readonly occurredAt: Date;
};

/** Body of `sessions/:sessionId/state`. */
export function parseStateReport(sessionId: string, body: Body): StateReport {
  return {
    ...readPosition(sessionId, body),
    status: body.choice("status", STATUSES) ?? "DISCONNECTED",
    phoneNumber: body.optionalText("phoneNumber", { pattern: DIGITS }) ?? null,
    accountName: readOptionalLabel(body, "accountName") ?? null,
    reason: readOptionalLabel(body, "reason") ?? null,
    code: readOptionalInteger(body, "code") ?? null,
    message: readOptionalLabel(body, "message") ?? null,
    reconnectAttempts: readInteger(body, "reconnectAttempts"),
    occurredAt: readInstant(body, "occurredAt"),
  };
}

export function reportState(report: StateReport, asked: Asked) {
  const effectOn = (session: WhatsAppSession) => ({
    data: { ...changesOf(report, session, new Date()), status: report.status },
    emissions: (updated: WhatsAppSession) => (isNews(session, updated) ? [toEmission(report, updated)] : []),
  });
  return applyReport({ position: report, isEnd: report.status === "DISCONNECTED", effectOn }, asked);
}

/** What changes about the session beside its status. */
export function changesOf(report: StateReport, session: Pick<WhatsAppSession, "name" | "phoneNumber" | "accountName">, now: Date) {
  const { status, reason, code, message, occurredAt } = report;
  const shared = { lastConnectionEventAt: occurredAt, lastSync: now, qrCode: null, pairingCode: null };
  switch (status) {
    case "CONNECTED":
      return {
        ...shared,
        isActive: true,
        lastConnected: occurredAt,
        errorMessage: null,
        reconnectAttempts: 0,
        phoneNumber: report.phoneNumber ?? session.phoneNumber,
        accountName: report.accountName ?? session.accountName,
        name: session.name ?? report.accountName,
      };
    case "CONNECTING":
      return {
        ...shared,
        isActive: false,
        reconnectAttempts: report.reconnectAttempts,
        ...(reason === null ? {} : { lastDisconnectReason: reason }),
      };
    case "DISCONNECTED":
    case "ERROR": {
      const isFinal = status === "ERROR" || (reason !== null && FINAL_REASONS.has(reason));
      return {
        ...shared,
        isActive: false,
        lastDisconnectReason: reason,
        lastDisconnectCode: code,
        errorMessage: reason === ASKED_FOR ? null : message,
        ...(isFinal ? { desiredState: "STOPPED" as const } : {}),
      };
    }
  }
}

type State = Pick<WhatsAppSession, "status" | "lastDisconnectReason">;

const isNews = (before: State, after: State): boolean => before.status !== after.status || before.lastDisconnectReason !== after.lastDisconnectReason;

function toEmission({ status, reason, code, message }: StateReport, session: WhatsAppSession) {
  const { phoneNumber, accountName } = session;
  const closed = code === null ? {} : { closed: { code, message: message ?? reason ?? "Connection closed" } };
  return connectionUpdate(session, { status, phoneNumber, accountName, reason, ...closed });
}
