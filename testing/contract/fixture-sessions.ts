import type { WhatsAppSession, WhatsAppSessionConfig } from "../../prisma/generated/whatsapp/client.ts";
import { SESSION, TENANT } from "./ids.ts";
import { configRow, sessionRow } from "./rows.ts";

export const QR_TEXT = "2@qr-text-of-the-fixture,with,commas==";
export const PAIRING_CODE = "ABCD-1234";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/** Every state a session can be in, with leftovers of earlier states that must not show. */
export function fixtureSessions(now: Date): WhatsAppSession[] {
  const ago = (ms: number): Date => new Date(now.getTime() - ms);
  const minutes = (count: number): Date => ago(count * 60 * SECOND_MS);
  const alpha = { tenantId: TENANT.alpha };
  const paired = { creds: { me: { id: "15550100001:1@s.whatsapp.net" } }, phoneNumber: "15550100001" };
  const connected = { ...paired, status: "CONNECTED", desiredState: "RUNNING", isActive: true } as const;
  const qr = { status: "QR_REQUIRED", desiredState: "RUNNING", qrCode: QR_TEXT } as const;
  return [
    sessionRow({
      ...alpha,
      ...connected,
      id: "c-session-live",
      sessionId: SESSION.live,
      name: "Live",
      accountName: "Account of live",
      browserActive: true,
      lastSync: minutes(1),
      lastConnected: minutes(60),
      lastConnectionEventAt: minutes(60),
      leaseExpiresAt: ago(-HOUR_MS),
      leaseOwner: "worker-1",
      qrCode: "2@left-over",
      pairingCode: "LEFT-OVER",
      qrUpdatedAt: minutes(61),
      metadata: { secret: "never shown" },
    }),
    sessionRow({ ...alpha, ...connected, id: "c-session-dead", sessionId: SESSION.dead, lastSync: minutes(2), leaseExpiresAt: ago(SECOND_MS) }),
    // Two with one lastSync: their order is that of the row ids.
    sessionRow({ ...alpha, ...connected, id: "csessionleaseless", sessionId: SESSION.leaseless, lastSync: minutes(3), leaseExpiresAt: null }),
    sessionRow({ ...alpha, ...qr, id: "csessionfresh", sessionId: SESSION.qrFresh, lastSync: minutes(3), qrUpdatedAt: ago(5 * SECOND_MS) }),
    sessionRow({ ...alpha, ...qr, id: "csessionstale", sessionId: SESSION.qrStale, lastSync: minutes(4), qrUpdatedAt: ago(121 * SECOND_MS) }),
    sessionRow({ ...alpha, ...qr, id: "csessionundated", sessionId: SESSION.qrUndated, lastSync: minutes(5), qrUpdatedAt: null }),
    sessionRow({
      ...alpha,
      id: "csessionpairing",
      sessionId: SESSION.pairing,
      status: "QR_REQUIRED",
      desiredState: "RUNNING",
      pairingCode: PAIRING_CODE,
      pairingPhone: "15550100002",
      lastSync: minutes(6),
      qrUpdatedAt: ago(5 * SECOND_MS),
    }),
    sessionRow({
      ...alpha,
      ...paired,
      id: "csessionconnecting",
      sessionId: SESSION.connecting,
      status: "CONNECTING",
      desiredState: "RUNNING",
      lastSync: minutes(7),
      reconnectAttempts: 4,
      lastDisconnectReason: "connection_lost",
      lastConnectionEventAt: minutes(7),
      qrCode: "2@left-over",
      qrUpdatedAt: ago(SECOND_MS),
      leaseExpiresAt: ago(-HOUR_MS),
    }),
    sessionRow({ ...alpha, id: "csessionstopped", sessionId: SESSION.stopped, lastSync: minutes(8), lastDisconnectReason: "stopped_by_user" }),
    sessionRow({
      ...alpha,
      id: "csessionfailed",
      sessionId: SESSION.failed,
      status: "ERROR",
      errorMessage: "Another client took over",
      lastSync: minutes(9),
      lastDisconnectReason: "replaced",
      lastDisconnectCode: 440,
    }),
    sessionRow({
      ...connected,
      id: "csessionforeign",
      tenantId: TENANT.beta,
      sessionId: SESSION.foreign,
      name: "Beta",
      lastSync: minutes(0),
      leaseExpiresAt: ago(-HOUR_MS),
    }),
  ];
}

/** A full row, one with a single value, none for the others. */
export function fixtureConfigs(): WhatsAppSessionConfig[] {
  return [
    configRow({
      id: "cconfiglive",
      sessionId: SESSION.live,
      routingRule: "USER_FIRST",
      autoReplyEnabled: true,
      autoReplyMessage: "¡Gracias! 😊",
      businessHoursEnabled: true,
      businessHoursStart: "08:00",
      businessHoursEnd: "18:30:00",
      businessHoursTimezone: "America/Bogota",
      awayMessage: "Closed\nnow",
      metadata: { nested: { kept: [1, null, "x"] } },
    }),
    configRow({ id: "cconfigstopped", sessionId: SESSION.stopped, routingRule: "MANUAL" }),
    configRow({ id: "cconfigforeign", sessionId: SESSION.foreign, routingRule: "USER_ONLY" }),
  ];
}
