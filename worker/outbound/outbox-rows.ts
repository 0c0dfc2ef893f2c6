import { UTC_NOW, type Database } from "../database.ts";
import type { Lease } from "../lease/leases.ts";

/** Sent again with the same id so often at most; then a person decides. */
const MAX_ATTEMPTS = 6;
/** How long the fate of a written message stays open (contract 6.5). */
const OPEN_FATE_MS = 60_000;

/** Grows with each attempt, from two seconds to ten minutes. */
const LATER = `${UTC_NOW} + least(interval '10 minutes', interval '1 second' * power(2, o.attempts))`;
const IS_DUE = `(q.state = 'QUEUED' or (q.state = 'UNKNOWN' and q.attempts < ${MAX_ATTEMPTS}))`;
const IS_BEFORE = `(e.state in ('QUEUED', 'CLAIMED', 'WRITTEN') or (e.state = 'UNKNOWN' and e.attempts < ${MAX_ATTEMPTS}))`;

/** A row claimed for sending. */
export type Claimed = {
  readonly id: string;
  readonly chatJid: string;
  readonly kind: string;
  readonly payload: unknown;
  readonly attempts: number;
  /** WhatsApp's id, made of the idempotency key when the send was accepted. It is never made again. */
  readonly messageId: string;
  readonly messageStatus: string;
};

/** The outbox of one session under one lease (contract 6.5). Every statement is fenced by the epoch. */
export class OutboxRows {
  constructor(
    private readonly database: Database,
    private readonly lease: Lease,
    private readonly workerId: string,
  ) {}

  /** What an earlier socket left claimed or written: nobody knows whether WhatsApp has it. Its receipts may come first now. */
  async recover(): Promise<void> {
    await this.database.query(
      `update whatsapp_outbox o set state = 'UNKNOWN', "availableAt" = ${LATER}, "updatedAt" = ${UTC_NOW}
       where o."sessionId" = $1 and o.state in ('CLAIMED', 'WRITTEN') and o."claimEpoch" <= $2`,
      [this.lease.sessionId, this.lease.epoch],
    );
  }

  /** The next message of a chat that has none under way, chats in the order of their messages. */
  async claim(): Promise<Claimed | undefined> {
    const [row] = await this.database.query<Claimed>(
      `update whatsapp_outbox o
       set state = 'CLAIMED', "claimedBy" = $3, "claimEpoch" = $2, "claimedAt" = ${UTC_NOW}, attempts = o.attempts + 1, "updatedAt" = ${UTC_NOW}
       from (
         select q.id from whatsapp_outbox q
         join whatsapp_sessions s on s."sessionId" = q."sessionId" and s."leaseEpoch" = $2 and s."leaseOwner" = $3
         where q."sessionId" = $1 and ${IS_DUE} and q."availableAt" <= ${UTC_NOW}
           and not exists (select 1 from whatsapp_outbox e
             where e."sessionId" = q."sessionId" and e."chatJid" = q."chatJid" and e.seq < q.seq and ${IS_BEFORE})
         order by q.seq limit 1 for update of q skip locked) due, whatsapp_messages m
       where o.id = due.id and m.id = o."messageRowId"
       returning o.id, o."chatJid", o.kind, o.payload, o.attempts, m."messageId", m.status as "messageStatus"`,
      [this.lease.sessionId, this.lease.epoch, this.workerId],
    );
    return row;
  }

  /** The frame was handed over. */
  async written(id: string): Promise<void> {
    await this.database.query(
      `update whatsapp_outbox set state = 'WRITTEN', "writtenAt" = ${UTC_NOW}, "updatedAt" = ${UTC_NOW}
       where id = $1 and state = 'CLAIMED' and "claimEpoch" = $2`,
      [id, this.lease.epoch],
    );
  }

  /** Nothing left the process: later. */
  async putBack(id: string): Promise<void> {
    await this.database.query(
      `update whatsapp_outbox o set state = 'QUEUED', "availableAt" = ${LATER}, "updatedAt" = ${UTC_NOW}
       where o.id = $1 and o.state = 'CLAIMED' and o."claimEpoch" = $2`,
      [id, this.lease.epoch],
    );
  }

  /** The fate of these stayed open too long, or WhatsApp could not take it just now. */
  async doubt(id?: string): Promise<void> {
    await this.database.query(
      `update whatsapp_outbox o set state = 'UNKNOWN', "availableAt" = ${LATER}, "updatedAt" = ${UTC_NOW}
       where o."sessionId" = $1 and o."claimEpoch" = $2 and o.state in ('CLAIMED', 'WRITTEN')
         and case when $3::text is null then o.state = 'WRITTEN' and o."writtenAt" < ${UTC_NOW} - interval '${OPEN_FATE_MS} milliseconds' else o.id = $3 end`,
      [this.lease.sessionId, this.lease.epoch, id ?? null],
    );
  }

  /** There is proof that WhatsApp has it: final. */
  async sent(id: string): Promise<void> {
    await this.database.query(
      `update whatsapp_outbox set state = 'SENT', "settledAt" = ${UTC_NOW}, "errorCode" = null, "errorMessage" = null, "updatedAt" = ${UTC_NOW}
       where id = $1 and state <> 'SENT'`,
      [id],
    );
  }

  /** It never can be sent. */
  async failed(id: string, errorCode: number | null, errorMessage: string): Promise<void> {
    await this.database.query(
      `update whatsapp_outbox set state = 'FAILED', "settledAt" = ${UTC_NOW}, "errorCode" = $2, "errorMessage" = $3, "updatedAt" = ${UTC_NOW}
       where id = $1 and state not in ('SENT', 'FAILED')`,
      [id, errorCode, errorMessage],
    );
  }
}
