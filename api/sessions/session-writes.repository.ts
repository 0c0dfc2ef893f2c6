import { Injectable } from "@nestjs/common";
import { randomBytes } from "node:crypto";
import type { DesiredState, RoutingRule, SessionStatus } from "@ipnuo/domain/enums";
import type { Prisma } from "../../prisma/generated/whatsapp/client.ts";
import { sql } from "../runtime/sql.ts";
import type { Transaction } from "../runtime/transactions.ts";

export type LockedSession = {
  readonly sessionId: string;
  readonly tenantId: string;
  readonly status: SessionStatus;
  readonly desiredState: DesiredState;
};

export type NewSession = {
  readonly sessionId: string;
  readonly tenantId: string;
  readonly name: string | undefined;
  readonly status: SessionStatus;
  readonly desiredState: DesiredState;
  readonly lastSync: Date;
  readonly pairingPhone?: string | null;
  readonly routingRule?: RoutingRule | undefined;
};

const SECRET_BYTES = 32;

/** Sessions as a transaction changes them. */
@Injectable()
export class SessionWritesRepository {
  /** The session with the key, of whatever tenant, locked against other writers but not against new messages. */
  async lock({ db }: Transaction, sessionId: string): Promise<LockedSession | undefined> {
    const [row] = await db.$queryRaw<LockedSession[]>(sql`
      select "sessionId", "tenantId", status, "desiredState" from whatsapp_sessions where "sessionId" = ${sessionId} for no key update`);
    return row;
  }

  /** Whether the key is the id of another tenant: sends take a tenant's id for its session, so nobody else may have it. */
  async isForeignTenant({ db }: Transaction, tenantId: string, key: string): Promise<boolean> {
    return (await db.tenant.count({ where: { id: key, NOT: { id: tenantId } } })) > 0;
  }

  /** Makes creators of one tenant wait for each other, then counts its sessions. */
  async countLocked({ db }: Transaction, tenantId: string): Promise<number> {
    await db.$queryRaw(sql`select 1 from tenants where id = ${tenantId} for no key update`);
    return db.whatsAppSession.count({ where: { tenantId } });
  }

  /** The row and its configuration with defaults. */
  async create({ db }: Transaction, { routingRule, name, ...session }: NewSession): Promise<void> {
    const config = routingRule === undefined ? {} : { routingRule };
    const sendSecret = randomBytes(SECRET_BYTES).toString("hex");
    await db.whatsAppSession.create({ data: { ...session, name: name ?? null, sendSecret } });
    await db.whatsAppSessionConfig.create({ data: { sessionId: session.sessionId, ...config } });
  }

  async update({ db }: Transaction, sessionId: string, data: Prisma.WhatsAppSessionUncheckedUpdateInput): Promise<void> {
    await db.whatsAppSession.update({ where: { sessionId }, data, select: { id: true } });
  }

  /** The row, and with it configuration, keys, messages, media and outbox rows; contacts stay. */
  async remove({ db }: Transaction, sessionId: string): Promise<void> {
    await db.whatsAppSession.delete({ where: { sessionId }, select: { id: true } });
  }
}
