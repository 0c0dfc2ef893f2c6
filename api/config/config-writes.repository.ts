import { Injectable } from "@nestjs/common";
import type { RoutingRule } from "@ipnuo/domain/enums";
import type { ConfigChanges } from "@ipnuo/domain/session-bodies";
import type { SessionConfig } from "@ipnuo/domain/session";
import { empty, sql } from "../runtime/sql.ts";
import type { Transaction } from "../runtime/transactions.ts";

const KEYS = {
  routingRule: true,
  autoReplyEnabled: true,
  autoReplyMessage: true,
  businessHoursEnabled: true,
  businessHoursStart: true,
  businessHoursEnd: true,
  businessHoursTimezone: true,
  awayMessage: true,
} as const satisfies Record<keyof SessionConfig, true>;

/** Configurations as a transaction changes them. */
@Injectable()
export class ConfigWritesRepository {
  /** Keys of the tenant's sessions, of all or of one, locked: a configuration is not made twice. */
  async lockSessions({ db }: Transaction, tenantId: string, sessionId?: string): Promise<string[]> {
    const ofOne = sessionId === undefined ? empty : sql`and "sessionId" = ${sessionId}`;
    const rows = await db.$queryRaw<{ sessionId: string }[]>(sql`
      select "sessionId" from whatsapp_sessions where "tenantId" = ${tenantId} ${ofOne} order by id for no key update`);
    return rows.map((row) => row.sessionId);
  }

  /** What is absent keeps its value, or gets its default in a new row. */
  save({ db }: Transaction, sessionId: string, changes: ConfigChanges): Promise<SessionConfig> {
    const data = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<SessionConfig>;
    return db.whatsAppSessionConfig.upsert({ where: { sessionId }, create: { ...data, sessionId }, update: data, select: KEYS });
  }

  /** Every one of the sessions, with or without a row. */
  async saveRoutingOfAll({ db }: Transaction, sessionIds: readonly string[], routingRule: RoutingRule): Promise<void> {
    const ids = [...sessionIds];
    await db.whatsAppSessionConfig.updateMany({ where: { sessionId: { in: ids } }, data: { routingRule } });
    await db.whatsAppSessionConfig.createMany({ data: ids.map((sessionId) => ({ sessionId, routingRule })), skipDuplicates: true });
  }
}
