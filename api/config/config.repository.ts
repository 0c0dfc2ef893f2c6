import { Inject, Injectable } from "@nestjs/common";
import { sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import { CONFIG_COLUMNS, type ConfigColumns } from "./session-config.ts";

/** Session configurations of one tenant, read only. */
@Injectable()
export class ConfigRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined when the tenant has no such session. */
  async find(tenantId: string, sessionId: string): Promise<ConfigColumns | undefined> {
    const [row] = await this.database.$queryRaw<ConfigColumns[]>(sql`
      select ${CONFIG_COLUMNS}
      from whatsapp_sessions s
      left join whatsapp_session_configs c on c."sessionId" = s."sessionId"
      where s."tenantId" = ${tenantId} and s."sessionId" = ${sessionId}`);
    return row;
  }
}
