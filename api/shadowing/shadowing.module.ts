import { Module } from "@nestjs/common";
import { ContactsModule } from "../contacts/contacts.module.ts";
import { Snapshots } from "../runtime/snapshots.ts";
import { ConversationModule } from "../conversation/conversation.module.ts";
import { SendsModule } from "../sends/sends.module.ts";
import { TransfersModule } from "../transfers/transfers.module.ts";
import { DerivationsService } from "./derivations.service.ts";
import { DryRunsService } from "./dry-runs.service.ts";
import { FactsRepository } from "./facts.repository.ts";
import { SendForecasts } from "./send-forecasts.ts";
import { ShadowingController } from "./shadowing.controller.ts";

@Module({
  imports: [ContactsModule, ConversationModule, SendsModule, TransfersModule],
  controllers: [ShadowingController],
  providers: [Snapshots, FactsRepository, DerivationsService, DryRunsService, SendForecasts],
})
export class ShadowingModule {}
