import type { Session, SessionList } from "@ipnuo/domain/session";
import type { Prisma } from "../../../generated/prisma/client.ts";
import { database } from "../database.ts";
import { DEFAULT_ROUTING_RULE, toConfigRow } from "./session-config.ts";
import { dateOrNull } from "./wire.ts";

/** Everything but the secrets: credentials and keys never leave the database. */
const SELECTION = {
  id: true,
  sessionId: true,
  tenantId: true,
  name: true,
  phoneNumber: true,
  status: true,
  isActive: true,
  browserActive: true,
  lastSync: true,
  lastConnected: true,
  errorMessage: true,
  qrUpdatedAt: true,
  reconnectAttempts: true,
  lastConnectionEventAt: true,
  lastDisconnectReason: true,
  createdAt: true,
  updatedAt: true,
  config: true,
  _count: { select: { messages: true, contacts: true } },
} as const satisfies Prisma.WhatsAppSessionSelect;

type SessionRow = Prisma.WhatsAppSessionGetPayload<{ select: typeof SELECTION }>;

/** What only the database can tell: its clock decides about leases, and credentials are looked at where they lie. */
type LiveRow = { readonly id: string; readonly hasLease: boolean; readonly hasCredentials: boolean };

const NOT_LIVE = { hasLease: false, hasCredentials: false };

/** The tenant's sessions, or the one of this key, last synchronised first: a fixed number of statements, however many there are. */
export async function listSessions(tenantId: string, sessionId?: string): Promise<Session[]> {
  const [rows, liveRows] = await Promise.all([
    database().whatsAppSession.findMany({
      where: { tenantId, ...(sessionId === undefined ? {} : { sessionId }) },
      select: SELECTION,
      orderBy: [{ lastSync: "desc" }, { id: "asc" }],
    }),
    database().$queryRaw<LiveRow[]>`
      select "id",
             coalesce("leaseExpiresAt" > now() at time zone 'UTC', false) as "hasLease",
             (jsonb_typeof("creds") = 'object' and "creds" <> '{}'::jsonb) as "hasCredentials"
      from "whatsapp_sessions"
      where "tenantId" = ${tenantId}`,
  ]);
  const live = new Map(liveRows.map((row) => [row.id, row]));
  return rows.map((row) => toSession(row, live.get(row.id) ?? NOT_LIVE));
}

/** `GET sessions`. */
export async function listSessionsWithSummary(tenantId: string): Promise<SessionList> {
  const sessions = await listSessions(tenantId);
  const countOf = (status: Session["status"]): number => sessions.filter((session) => session.status === status).length;
  return {
    sessions,
    summary: {
      total: sessions.length,
      connected: countOf("CONNECTED"),
      qrRequired: countOf("QR_REQUIRED"),
      connecting: countOf("CONNECTING"),
    },
  };
}

function toSession(row: SessionRow, { hasLease, hasCredentials }: Omit<LiveRow, "id">): Session {
  return {
    id: row.id,
    sessionId: row.sessionId,
    tenantId: row.tenantId,
    name: row.name,
    phoneNumber: row.phoneNumber,
    status: row.status,
    isActive: row.isActive,
    browserActive: row.browserActive,
    lastSync: row.lastSync.toISOString(),
    lastConnected: dateOrNull(row.lastConnected),
    errorMessage: row.errorMessage,
    routingRule: row.config?.routingRule ?? DEFAULT_ROUTING_RULE,
    config: row.config === null ? null : toConfigRow(row.config),
    stats: { messages: row._count.messages, contacts: row._count.contacts },
    timestamps: { createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() },
    runtime: {
      socket: {
        status: row.status.toLowerCase() as Lowercase<typeof row.status>,
        isActuallyConnected: row.isActive && row.status === "CONNECTED" && hasLease,
        socketExists: hasLease,
        hasCredentials,
        lastConnectionEventAt: dateOrNull(row.lastConnectionEventAt),
        lastDisconnectReason: row.lastDisconnectReason,
        lastQRCodeDetectedAt: dateOrNull(row.qrUpdatedAt),
        reconnectAttempts: row.reconnectAttempts,
      },
    },
  };
}
