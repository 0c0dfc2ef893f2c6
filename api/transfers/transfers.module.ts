import { Module } from "@nestjs/common";
import { ContactsModule } from "../contacts/contacts.module.ts";
import { PendingTransfers } from "./pending-transfers.ts";
import { TransferCancellationService } from "./transfer-cancellation.service.ts";
import { TransferDecisionsService } from "./transfer-decisions.service.ts";
import { TransferParties } from "./transfer-parties.ts";
import { TransferRequestsService } from "./transfer-requests.service.ts";
import { TransfersController } from "./transfers.controller.ts";
import { TransfersRepository } from "./transfers.repository.ts";
import { TransfersService } from "./transfers.service.ts";

@Module({
  imports: [ContactsModule],
  controllers: [TransfersController],
  providers: [
    TransfersRepository,
    TransfersService,
    TransferRequestsService,
    PendingTransfers,
    TransferDecisionsService,
    TransferCancellationService,
    TransferParties,
  ],
  exports: [TransfersRepository],
})
export class TransfersModule {}
