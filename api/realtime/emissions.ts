import { Inject, Injectable } from "@nestjs/common";
import { isChannelName, type Emission } from "@ipnuo/domain/emission";
import type { ApiEnv } from "../env.ts";
import { ENV } from "../runtime/tokens.ts";
import type { Transaction } from "../runtime/transactions.ts";
import { EmissionJournal } from "./emission-journal.ts";
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
    private readonly journal: EmissionJournal,
  ) {}

  /** True when there is a broker to tell. */
  get isConfigured(): boolean {
    return this.env.realtime !== undefined;
  }

  /** In the order given. Undefined ones are facts that changed nothing. Not configured: counted, skipped. Never refuses a request. */
  async record(transaction: Transaction, emissions: readonly (Emission | undefined)[]): Promise<void> {
    const told = emissions.filter((emission) => emission !== undefined);
    if (told.length === 0) return;
    if (!this.isConfigured) return transaction.onCommit(() => this.journal.skipped(told.length));
    const { db, requestId } = transaction;
    const rows = told.filter(({ channel }) => isChannelName(channel));
    for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
      const data = rows.slice(start, start + ROWS_PER_STATEMENT);
      const written = await db.realtimeOutbox.createManyAndReturn({ data, select: { id: true } });
      this.journal.remember(
        written.map(({ id }) => id),
        requestId,
      );
    }
    const channels = [...new Set(rows.map(({ channel }) => channel))];
    transaction.onCommit(() => {
      for (const { event } of told.filter((emission) => !rows.includes(emission))) this.journal.unsendable(event, requestId);
      this.journal.recorded(rows.length);
      this.publisher.wake(channels);
    });
  }
}
