import type { WhatsAppSession } from "../../../generated/prisma/client.ts";
import type { Body } from "../http/body.ts";
import type { Asked } from "../http/respond.ts";
import { connectionUpdate, pairingCode as pairingCodeEvent, qrCode as qrCodeEvent } from "../realtime/session-events.ts";
import { readInstant } from "./fields.ts";
import { applyReport, readPosition, type Position } from "./session-report.ts";

type QrReport = Position & { readonly qr: string | undefined; readonly pairingCode: string | undefined; readonly occurredAt: Date };

/** Body of `sessions/:sessionId/qr`: a QR text or a pairing code. */
export function parseQrReport(sessionId: string, body: Body): QrReport {
  const position = readPosition(sessionId, body);
  const isPairing = body.isAbsent("qr") && !body.isAbsent("pairingCode");
  return {
    ...position,
    qr: isPairing ? undefined : body.text("qr"),
    pairingCode: isPairing ? body.text("pairingCode") : body.optionalText("pairingCode"),
    occurredAt: readInstant(body, "occurredAt"),
  };
}

export function reportQr(report: QrReport, asked: Asked) {
  return applyReport({ position: report, isEnd: false, effectOn: (session) => effectOf(report, session) }, asked);
}

/** The same text again is no news. */
function effectOf({ qr, pairingCode, occurredAt }: QrReport, session: WhatsAppSession) {
  const isWaiting = session.status === "QR_REQUIRED";
  const hasNewQr = qr !== undefined && !(isWaiting && qr === session.qrCode);
  const hasNewCode = pairingCode !== undefined && !(isWaiting && pairingCode === session.pairingCode);
  if (!hasNewQr && !hasNewCode) return undefined;
  return {
    data: {
      status: "QR_REQUIRED" as const,
      ...(qr === undefined ? {} : { qrCode: qr }),
      ...(pairingCode === undefined ? {} : { pairingCode }),
      qrUpdatedAt: occurredAt,
      lastConnectionEventAt: occurredAt,
      lastSync: new Date(),
    },
    emissions: (updated: WhatsAppSession) => [
      ...(isWaiting ? [] : [connectionUpdate(updated, { status: "QR_REQUIRED", reason: null })]),
      ...(hasNewQr ? [qrCodeEvent(updated, qr)] : []),
      ...(hasNewCode ? [pairingCodeEvent(updated, pairingCode)] : []),
    ],
  };
}
