import { z } from "zod";
import { routingRule, runtimeSocketStatus, sessionStatus, socketStatus } from "./enums.ts";
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
