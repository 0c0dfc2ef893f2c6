import { Injectable } from "@nestjs/common";
import { conflict, sessionNotFound } from "../http/contract-error.ts";
import { sql } from "../runtime/sql.ts";
import type { Queries } from "../runtime/transactions.ts";

export type SendSession = { readonly sessionId: string; readonly sendSecret: string };
type SessionRow = SendSession & { readonly canSend: boolean };

/** CONNECTED, or on its way with credentials: what is queued will go out. */
const CAN_SEND = sql`(s.status = 'CONNECTED' or (s.status = 'CONNECTING' and jsonb_typeof(s.creds) = 'object' and s.creds <> '{}')) as "canSend"`;

/** Which session a send goes through. */
@Injectable()
export class SendSessionsRepository {
  /**
   * The tenant's session with that key, held against deletion until the transaction ends; for the tenant's own id its CONNECTED
   * session that connected last. Throws 404 and 409.
   */
  async resolve(db: Queries, tenantId: string, sessionId: string): Promise<SendSession> {
    const [exact] = await db.$queryRaw<SessionRow[]>(sql`
      select s."sessionId", s."sendSecret", ${CAN_SEND} from whatsapp_sessions s
      where s."tenantId" = ${tenantId} and s."sessionId" = ${sessionId} for key share`);
    if (exact === undefined && sessionId !== tenantId) throw sessionNotFound();
    const session = exact ?? (await this.lastConnected(db, tenantId));
    if (session === undefined) throw conflict("No active WhatsApp session found for this account");
    if (!session.canSend) throw conflict("Session is not connected");
    return session;
  }

  private async lastConnected(db: Queries, tenantId: string): Promise<SessionRow | undefined> {
    const [row] = await db.$queryRaw<SessionRow[]>(sql`
      select s."sessionId", s."sendSecret", true as "canSend" from whatsapp_sessions s
      where s."tenantId" = ${tenantId} and s.status = 'CONNECTED'
      order by s."lastConnected" desc nulls last, s.id limit 1 for key share`);
    return row;
  }
}
