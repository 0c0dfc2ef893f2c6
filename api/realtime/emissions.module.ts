import { Global, Module } from "@nestjs/common";
import { Transactions } from "../runtime/transactions.ts";
import { Broadcaster } from "./broadcaster.ts";
import { ChannelPublisher } from "./channel-publisher.ts";
import { EmissionCounters } from "./emission-counters.ts";
import { EmissionJournal } from "./emission-journal.ts";
import { Emissions } from "./emissions.ts";
import { OutboxRepository } from "./outbox.repository.ts";
import { Publisher } from "./publisher.ts";

/** What every writing feature asks for: a transaction, and somewhere to record what it has to tell. */
@Global()
@Module({
  providers: [Transactions, Emissions, EmissionCounters, EmissionJournal, Publisher, ChannelPublisher, Broadcaster, OutboxRepository],
  exports: [Transactions, Emissions, EmissionCounters],
})
export class EmissionsModule {}
