import type { WhatsAppSession } from "../../../generated/prisma/client.ts";
import { cut, sessionChannel, type Emission } from "./emission.ts";

type SessionKey = Pick<WhatsAppSession, "sessionId" | "tenantId">;

const MAX_REASON_TEXT = 300;

export const qrCode = (session: SessionKey, qr: string): Emission => ofSession(session, "qr.code", { qr });

export const pairingCode = (session: SessionKey, code: string): Emission => ofSession(session, "pairing.code", { code });

type Connection = {
  readonly status: WhatsAppSession["status"];
  readonly phoneNumber?: string | null;
  readonly accountName?: string | null;
  readonly reason: string | null;
  /** Of a socket that closed. */
  readonly closed?: { readonly code: number; readonly message: string };
};

const SOCKET = {
  CONNECTED: { status: "connected", connection: "open" },
  CONNECTING: { status: "connecting", connection: "connecting" },
  QR_REQUIRED: { status: "qr_required", connection: "connecting" },
  DISCONNECTED: { status: "disconnected", connection: "close" },
  ERROR: { status: "error", connection: "close" },
} as const;

export function connectionUpdate(session: SessionKey, { status, phoneNumber, accountName, reason, closed }: Connection): Emission {
  const socket = SOCKET[status];
  const isOpen = socket.connection === "open";
  const hasClosed = socket.connection === "close" && closed !== undefined;
  return ofSession(session, "connection.update", {
    ...socket,
    phoneNumber: isOpen ? (phoneNumber ?? null) : null,
    accountName: isOpen ? (accountName ?? null) : null,
    reason,
    lastDisconnect: hasClosed ? { error: { message: cut(closed.message, MAX_REASON_TEXT), statusCode: closed.code } } : null,
  });
}

function ofSession({ sessionId, tenantId }: SessionKey, event: string, data: Emission["data"]): Emission {
  return { channel: sessionChannel(sessionId), event, data, sessionId, tenantId };
}
