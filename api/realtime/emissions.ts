import { Inject, Injectable } from "@nestjs/common";
import { isChannelName, type Emission } from "@ipnuo/domain/emission";
import type { Prisma } from "../../prisma/generated/whatsapp/client.ts";
import { AppError } from "../../lib/errors.ts";
import type { ApiEnv } from "../env.ts";
import { ENV } from "../runtime/tokens.ts";
import type { Transaction } from "../runtime/transactions.ts";
import { EmissionCounters } from "./emission-counters.ts";
import { Publisher } from "./publisher.ts";

/** PostgreSQL takes 32,767 parameters a statement. */
const ROWS_PER_STATEMENT = 1_000;

/**
 * Where handlers put what they have to tell. Rows are written with the fact they tell, so that neither can be lost alone;
 * they are broadcast after the commit, in the background. Record after the rows of the chat were locked or written: rows of
 * one channel leave in the order of their ids.
 */
@Injectable()
export class Emissions {
  constructor(
    @Inject(ENV) private readonly env: ApiEnv,
    private readonly publisher: Publisher,
    private readonly counters: EmissionCounters,
  ) {}

  /** True when there is a broker to tell. */
  get isConfigured(): boolean {
    return this.env.realtime !== undefined;
  }

  /** In the order given. Undefined ones are facts that changed nothing. Not configured: counted, skipped. */
  async record(transaction: Transaction, emissions: readonly (Emission | undefined)[]): Promise<void> {
    const rows = emissions.flatMap((emission) => (emission === undefined ? [] : [toRow(emission)]));
    if (rows.length === 0) return;
    if (!this.isConfigured) {
      transaction.onCommit(() => this.counters.count("skipped", rows.length));
      return;
    }
    for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
      await transaction.db.realtimeOutbox.createMany({ data: rows.slice(start, start + ROWS_PER_STATEMENT) });
    }
    const channels = [...new Set(rows.map(({ channel }) => channel))];
    transaction.onCommit(() => {
      this.counters.count("recorded", rows.length);
      this.publisher.wake(channels, transaction.requestId);
    });
  }
}

function toRow({ tenantId, channel, event, data }: Emission): Prisma.RealtimeOutboxCreateManyInput {
  if (!isChannelName(channel)) throw new AppError("REALTIME_CHANNEL", `${event}: the channel's name is none a broker takes`);
  return { tenantId, channel, event, data: data };
}
