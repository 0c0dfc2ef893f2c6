import { Module } from "@nestjs/common";
import { ContactsModule } from "../contacts/contacts.module.ts";
import { Snapshots } from "../runtime/snapshots.ts";
import { TransfersModule } from "../transfers/transfers.module.ts";
import { DerivationsService } from "./derivations.service.ts";
import { FactsRepository } from "./facts.repository.ts";
import { ShadowingController } from "./shadowing.controller.ts";

@Module({
  imports: [ContactsModule, TransfersModule],
  controllers: [ShadowingController],
  providers: [Snapshots, FactsRepository, DerivationsService],
})
export class ShadowingModule {}
