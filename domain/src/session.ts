import { z } from "zod";
import { desiredState, routingRule, runtimeSocketStatus, sessionStatus, socketStatus } from "./enums.ts";
import { count, date, freeObject, id, phoneDigits } from "./values.ts";

/** The eight keys of a session's configuration. */
export const sessionConfig = z
  .object({
    routingRule,
    autoReplyEnabled: z.boolean(),
    autoReplyMessage: z.string().nullable(),
    businessHoursEnabled: z.boolean(),
    businessHoursStart: z.string().nullable(),
    businessHoursEnd: z.string().nullable(),
    businessHoursTimezone: z.string().nullable(),
    awayMessage: z.string().nullable(),
  })
  .meta({ id: "SessionConfig" });
export type SessionConfig = z.infer<typeof sessionConfig>;

/** What a session without a configuration row answers. */
export const DEFAULT_SESSION_CONFIG: SessionConfig = {
  routingRule: "FLOWBOT_FIRST",
  autoReplyEnabled: false,
  autoReplyMessage: null,
  businessHoursEnabled: false,
  businessHoursStart: null,
  businessHoursEnd: null,
  businessHoursTimezone: null,
  awayMessage: null,
};

/** The whole configuration row. */
export const sessionConfigRow = z
  .object({
    id,
    sessionId: z.string(),
    ...sessionConfig.shape,
    metadata: freeObject.nullable(),
    createdAt: date,
    updatedAt: date,
  })
  .meta({ id: "SessionConfigRow" });
export type SessionConfigRow = z.infer<typeof sessionConfigRow>;

export const session = z
  .object({
    id,
    sessionId: z.string(),
    tenantId: id,
    name: z.string().nullable(),
    phoneNumber: phoneDigits.nullable(),
    status: sessionStatus,
    isActive: z.boolean(),
    browserActive: z.boolean(),
    lastSync: date,
    lastConnected: date.nullable(),
    errorMessage: z.string().nullable(),
    routingRule,
    config: sessionConfigRow.nullable(),
    stats: z.object({ messages: count, contacts: count }),
    timestamps: z.object({ createdAt: date, updatedAt: date }),
    runtime: z.object({
      socket: z.object({
        status: runtimeSocketStatus,
        isActuallyConnected: z.boolean(),
        socketExists: z.boolean(),
        hasCredentials: z.boolean(),
        lastConnectionEventAt: date.nullable(),
        lastDisconnectReason: z.string().nullable(),
        lastQRCodeDetectedAt: date.nullable(),
        reconnectAttempts: count,
      }),
    }),
  })
  .meta({ id: "Session" });
export type Session = z.infer<typeof session>;

/** `GET sessions`. */
export const sessionList = z
  .object({
    sessions: z.array(session),
    summary: z.object({ total: count, connected: count, qrRequired: count, connecting: count }),
  })
  .meta({ id: "SessionList" });
export type SessionList = z.infer<typeof sessionList>;

/** `GET status`. */
export const sessionStatusReply = z
  .object({
    status: sessionStatus,
    qr: z.string().nullable(),
    qrCode: z.string().nullable(),
    pairingCode: z.string().nullable(),
    socketStatus,
    isActive: z.boolean(),
    errorMessage: z.string().nullable(),
  })
  .meta({ id: "SessionStatus" });
export type SessionStatusReply = z.infer<typeof sessionStatusReply>;

/** `GET config`. */
export const configReply = z.object({ config: sessionConfig }).meta({ id: "ConfigReply" });
export type ConfigReply = z.infer<typeof configReply>;

/** `POST config`. */
export const configSaved = z.object({ success: z.literal(true), config: sessionConfig }).meta({ id: "ConfigSaved" });
export type ConfigSaved = z.infer<typeof configSaved>;

/** `PATCH config`: of one session, or of all. */
export const routingSaved = z
  .object({
    success: z.literal(true),
    config: z.union([z.object({ sessionId: z.string(), routingRule, autoReplyEnabled: z.boolean() }), z.object({ routingRule })]),
  })
  .meta({ id: "RoutingSaved" });
export type RoutingSaved = z.infer<typeof routingSaved>;

/** `POST connect`, `POST disconnect`, `DELETE sessions`, `POST test-qr`. */
export const done = z.object({ success: z.literal(true), message: z.string() }).meta({ id: "Done" });
export type Done = z.infer<typeof done>;

/** `POST sessions`. */
export const sessionCreated = z.object({ success: z.literal(true), session }).meta({ id: "SessionCreated" });
export type SessionCreated = z.infer<typeof sessionCreated>;

/** `GET sessions/health`. */
export const sessionsHealth = z
  .object({
    success: z.literal(true),
    healthy: z.boolean(),
    sessions: z.array(
      z.object({
        sessionId: z.string(),
        status: sessionStatus,
        socketStatus,
        desiredState,
        isActuallyConnected: z.boolean(),
        leaseHeld: z.boolean(),
        reconnectAttempts: count,
        lastConnectionEventAt: date.nullable(),
        lastDisconnectReason: z.string().nullable(),
        lastMessageAt: date.nullable(),
        outbox: z.object({ queued: count, unknown: count, failed: count }),
      }),
    ),
  })
  .meta({ id: "SessionsHealth" });
export type SessionsHealth = z.infer<typeof sessionsHealth>;
