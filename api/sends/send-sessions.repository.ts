import { Injectable } from "@nestjs/common";
import { conflict, sessionNotFound } from "../http/contract-error.ts";
import { empty, sql, type Sql } from "../runtime/sql.ts";
import type { Queries } from "../runtime/transactions.ts";

export type SendSession = { readonly sessionId: string; readonly sendSecret: string };
/** Whether others may delete the session before the transaction ends. */
export type SessionHold = "held" | "free";
type SessionRow = SendSession & { readonly canSend: boolean };

/** CONNECTED, or on its way with credentials: what is queued will go out. */
const CAN_SEND = sql`(s.status = 'CONNECTED' or (s.status = 'CONNECTING' and jsonb_typeof(s.creds) = 'object' and s.creds <> '{}')) as "canSend"`;

const LOCKS: Readonly<Record<SessionHold, Sql>> = { held: sql`for key share`, free: empty };

/** Which session a send goes through. */
@Injectable()
export class SendSessionsRepository {
  /**
   * The tenant's session with that key; for the tenant's own id its CONNECTED session that connected last. Throws 404 and 409.
   */
  async resolve(db: Queries, tenantId: string, sessionId: string, hold: SessionHold): Promise<SendSession> {
    const lock = LOCKS[hold];
    const [exact] = await db.$queryRaw<SessionRow[]>(sql`
      select s."sessionId", s."sendSecret", ${CAN_SEND} from whatsapp_sessions s
      where s."tenantId" = ${tenantId} and s."sessionId" = ${sessionId} ${lock}`);
    if (exact === undefined && sessionId !== tenantId) throw sessionNotFound();
    const session = exact ?? (await this.lastConnected(db, tenantId, lock));
    if (session === undefined) throw conflict("No active WhatsApp session found for this account");
    if (!session.canSend) throw conflict("Session is not connected");
    return session;
  }

  private async lastConnected(db: Queries, tenantId: string, lock: Sql): Promise<SessionRow | undefined> {
    const [row] = await db.$queryRaw<SessionRow[]>(sql`
      select s."sessionId", s."sendSecret", true as "canSend" from whatsapp_sessions s
      where s."tenantId" = ${tenantId} and s.status = 'CONNECTED'
      order by s."lastConnected" desc nulls last, s.id limit 1 ${lock}`);
    return row;
  }
}
