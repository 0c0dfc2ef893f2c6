import type { SessionConfig, SessionConfigRow } from "@ipnuo/domain/session";
import type { WhatsAppSessionConfig } from "../../../generated/prisma/client.ts";
import { database } from "../database.ts";
import { assertSession } from "./session-reference.ts";
import { objectOrNull } from "./wire.ts";

/** What a session answers that was never configured. */
const DEFAULTS: SessionConfig = {
  routingRule: "FLOWBOT_FIRST",
  autoReplyEnabled: false,
  autoReplyMessage: null,
  businessHoursEnabled: false,
  businessHoursStart: null,
  businessHoursEnd: null,
  businessHoursTimezone: null,
  awayMessage: null,
};

export const DEFAULT_ROUTING_RULE = DEFAULTS.routingRule;

/** `GET config`. */
export async function readConfig(tenantId: string, sessionId: string): Promise<{ config: SessionConfig }> {
  await assertSession(tenantId, sessionId);
  const row = await database().whatsAppSessionConfig.findFirst({ where: { sessionId, session: { tenantId } } });
  return { config: row === null ? DEFAULTS : toConfig(row) };
}

/** The eight keys. */
export function toConfig(row: WhatsAppSessionConfig): SessionConfig {
  return {
    routingRule: row.routingRule,
    autoReplyEnabled: row.autoReplyEnabled,
    autoReplyMessage: row.autoReplyMessage,
    businessHoursEnabled: row.businessHoursEnabled,
    businessHoursStart: row.businessHoursStart,
    businessHoursEnd: row.businessHoursEnd,
    businessHoursTimezone: row.businessHoursTimezone,
    awayMessage: row.awayMessage,
  };
}

/** The whole row, as it hangs on a session. */
export function toConfigRow(row: WhatsAppSessionConfig): SessionConfigRow {
  return {
    id: row.id,
    sessionId: row.sessionId,
    ...toConfig(row),
    metadata: objectOrNull(row.metadata),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
