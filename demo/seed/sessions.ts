import type { WhatsAppSession, WhatsAppSessionConfig } from "../../prisma/generated/whatsapp/client.ts";
import { SESSIONS, type DemoSession } from "./identities.ts";
import type { Random } from "./random.ts";
import { before, DAY_MS, HISTORY_MS, MINUTE_MS, SECOND_MS } from "./rows.ts";

type State = Partial<WhatsAppSession>;

/** Long enough that the demo's connected session stays connected: nothing renews its lease. */
const LIVE_LEASE_MS = 30 * DAY_MS;
/** Who holds the seeded leases: nobody. */
export const MARKED_LEASE_OWNER = "demo-seed";
const SECRET_HEX_DIGITS = 64;

const pairedAs = (phoneNumber: string, accountName: string): State => ({
  phoneNumber,
  accountName,
  creds: { me: { id: `${phoneNumber}:1@s.whatsapp.net`, name: accountName } },
});

/** The six sessions, one for each state that the admin UI can show. */
export function buildSessions(now: Date, random: Random): WhatsAppSession[] {
  const ago = (ms: number): Date => before(now, ms);
  const row = (session: DemoSession, state: State): WhatsAppSession => ({ ...blankSession(session, now, random), ...state });
  return [
    row(SESSIONS.sales, {
      ...pairedAs("15550100001", "North Trading Sales"),
      status: "CONNECTED",
      desiredState: "RUNNING",
      isActive: true,
      lastSync: ago(20 * SECOND_MS),
      lastConnected: ago(3 * DAY_MS),
      lastConnectionEventAt: ago(3 * DAY_MS),
      qrUpdatedAt: ago(40 * DAY_MS),
      stateEpoch: 4,
      stateSeq: 2,
      leaseOwner: MARKED_LEASE_OWNER,
      leaseEpoch: 4,
      leaseExpiresAt: ago(-LIVE_LEASE_MS),
    }),
    row(SESSIONS.support, {
      status: "QR_REQUIRED",
      desiredState: "RUNNING",
      lastSync: ago(5 * SECOND_MS),
      lastConnectionEventAt: ago(5 * SECOND_MS),
      qrCode: `2@${random.hex(44)},${random.hex(44)},${random.hex(44)}`,
      qrUpdatedAt: ago(5 * SECOND_MS),
      stateEpoch: 1,
      stateSeq: 3,
    }),
    row(SESSIONS.billing, {
      ...pairedAs("15550100003", "North Trading Billing"),
      status: "DISCONNECTED",
      desiredState: "STOPPED",
      lastSync: ago(2 * DAY_MS),
      lastConnected: ago(20 * DAY_MS),
      lastDisconnectReason: "stopped_by_user",
      lastConnectionEventAt: ago(2 * DAY_MS),
      qrUpdatedAt: ago(60 * DAY_MS),
      stateEpoch: 2,
      stateSeq: 9,
    }),
    row(SESSIONS.events, {
      ...pairedAs("15550100004", "North Trading Events"),
      status: "ERROR",
      desiredState: "STOPPED",
      errorMessage: "Another client took this session over",
      lastSync: ago(7 * DAY_MS),
      lastDisconnectReason: "replaced",
      lastDisconnectCode: 440,
      lastConnected: ago(30 * DAY_MS),
      lastConnectionEventAt: ago(7 * DAY_MS),
      reconnectAttempts: 2,
      stateEpoch: 3,
      stateSeq: 4,
    }),
    row(SESSIONS.dispatch, {
      ...pairedAs("15550200001", "South Logistics Dispatch"),
      status: "CONNECTED",
      desiredState: "RUNNING",
      isActive: true,
      lastSync: ago(4 * MINUTE_MS),
      lastConnected: ago(12 * DAY_MS),
      lastConnectionEventAt: ago(12 * DAY_MS),
      qrUpdatedAt: ago(80 * DAY_MS),
      stateEpoch: 7,
      stateSeq: 1,
      leaseOwner: MARKED_LEASE_OWNER,
      leaseEpoch: 7,
      leaseExpiresAt: ago(4 * MINUTE_MS),
    }),
    row(SESSIONS.returns, {
      ...pairedAs("15550200002", "South Logistics Returns"),
      status: "CONNECTING",
      desiredState: "RUNNING",
      lastSync: ago(MINUTE_MS),
      lastConnected: ago(9 * DAY_MS),
      reconnectAttempts: 3,
      lastDisconnectReason: "connection_lost",
      lastDisconnectCode: 428,
      lastConnectionEventAt: ago(MINUTE_MS),
      stateEpoch: 5,
      stateSeq: 6,
    }),
  ];
}

function blankSession(session: DemoSession, now: Date, random: Random): WhatsAppSession {
  const createdAt = before(now, HISTORY_MS + random.int(1, 30) * DAY_MS);
  return {
    id: random.id(),
    ...session,
    phoneNumber: null,
    accountName: null,
    status: "DISCONNECTED",
    desiredState: "STOPPED",
    creds: {},
    isActive: false,
    browserActive: false,
    lastSync: createdAt,
    lastConnected: null,
    errorMessage: null,
    metadata: null,
    sendSecret: random.hex(SECRET_HEX_DIGITS),
    qrCode: null,
    pairingCode: null,
    pairingPhone: null,
    qrUpdatedAt: null,
    reconnectAttempts: 0,
    lastConnectionEventAt: null,
    lastDisconnectReason: null,
    lastDisconnectCode: null,
    stateEpoch: 0,
    stateSeq: 0,
    leaseOwner: null,
    leaseEpoch: 0,
    leaseExpiresAt: null,
    createdAt,
    updatedAt: before(now, random.int(1, 60) * SECOND_MS),
  };
}

/** Four configuration rows; billing and returns have none and answer the defaults. */
export function buildSessionConfigs(now: Date, random: Random): WhatsAppSessionConfig[] {
  const row = ({ sessionId }: DemoSession, values: Partial<WhatsAppSessionConfig>): WhatsAppSessionConfig => {
    const createdAt = before(now, HISTORY_MS);
    return {
      id: random.id(),
      sessionId,
      routingRule: "FLOWBOT_FIRST",
      autoReplyEnabled: false,
      autoReplyMessage: null,
      businessHoursEnabled: false,
      businessHoursStart: null,
      businessHoursEnd: null,
      businessHoursTimezone: null,
      awayMessage: null,
      metadata: null,
      createdAt,
      updatedAt: before(now, random.int(1, 80) * DAY_MS),
      ...values,
    };
  };
  const hours = { businessHoursEnabled: true, businessHoursStart: "08:00", businessHoursEnd: "18:30", businessHoursTimezone: "America/Bogota" };
  return [
    row(SESSIONS.sales, { autoReplyEnabled: true, autoReplyMessage: "Gracias por escribirnos. Un asesor le responde en breve." }),
    row(SESSIONS.support, { routingRule: "USER_FIRST", ...hours, awayMessage: "We are closed now and answer from 8:00." }),
    row(SESSIONS.events, { routingRule: "MANUAL", metadata: { note: "campaign" } }),
    row(SESSIONS.dispatch, { routingRule: "FLOWBOT_ONLY", autoReplyEnabled: true, autoReplyMessage: "Recibido.", ...hours }),
  ];
}
