import { DEFAULT_SESSION_CONFIG, type SessionConfig } from "@ipnuo/domain/session";
import { sql } from "../runtime/sql.ts";

/** The eight columns as they come from a left join: all null without a configuration row. */
export type ConfigColumns = { readonly [Key in keyof SessionConfig]: SessionConfig[Key] | null };

/** Of `whatsapp_session_configs c`. */
export const CONFIG_COLUMNS = sql`c."routingRule", c."autoReplyEnabled", c."autoReplyMessage", c."businessHoursEnabled",
  c."businessHoursStart", c."businessHoursEnd", c."businessHoursTimezone", c."awayMessage"`;

/** The eight keys in the contract's order; what is null has its default. */
export function toSessionConfig(columns: ConfigColumns): SessionConfig {
  return {
    routingRule: columns.routingRule ?? DEFAULT_SESSION_CONFIG.routingRule,
    autoReplyEnabled: columns.autoReplyEnabled ?? DEFAULT_SESSION_CONFIG.autoReplyEnabled,
    autoReplyMessage: columns.autoReplyMessage,
    businessHoursEnabled: columns.businessHoursEnabled ?? DEFAULT_SESSION_CONFIG.businessHoursEnabled,
    businessHoursStart: columns.businessHoursStart,
    businessHoursEnd: columns.businessHoursEnd,
    businessHoursTimezone: columns.businessHoursTimezone,
    awayMessage: columns.awayMessage,
  };
}
