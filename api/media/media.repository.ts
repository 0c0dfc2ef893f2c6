import { Inject, Injectable } from "@nestjs/common";
import { sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";

/** A message's media, if it has any. */
export type MediaRow = {
  readonly messageId: string;
  readonly metadata: unknown;
  /** Null: the message has no media. */
  readonly state: "PENDING" | "STORED" | "FAILED" | "EXPIRED" | null;
  readonly sha256: string | null;
  readonly mimeType: string | null;
  readonly size: number | null;
  readonly storageKey: string | null;
  readonly thumbnailKey: string | null;
};

/** Media of one tenant, read only. */
@Injectable()
export class MediaRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** By the message's row id, else of the newest message with that WhatsApp id; undefined when the tenant has no such message. */
  async find(tenantId: string, reference: string): Promise<MediaRow | undefined> {
    const [row] = await this.database.$queryRaw<MediaRow[]>(sql`
      select m."messageId", m.metadata, d.state, d.sha256, d."mimeType", d.size, d."storageKey", d."thumbnailKey"
      from (
        select 1 as rank, m.id, m."messageId", m.metadata, m.timestamp
        from whatsapp_messages m join whatsapp_sessions s on s."sessionId" = m."sessionId" and s."tenantId" = ${tenantId}
        where m.id = ${reference}
        union all
        select 2, m.id, m."messageId", m.metadata, m.timestamp
        from whatsapp_sessions s join whatsapp_messages m on m."sessionId" = s."sessionId" and m."messageId" = ${reference}
        where s."tenantId" = ${tenantId}
      ) m
      left join whatsapp_media d on d."messageRowId" = m.id and d."tenantId" = ${tenantId}
      order by m.rank, m.timestamp desc, m.id desc limit 1`);
    return row;
  }
}
