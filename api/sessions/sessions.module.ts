import { Module } from "@nestjs/common";
import { SessionConnectionService } from "./session-connection.service.ts";
import { SessionControlService } from "./session-control.service.ts";
import { SessionCreationService } from "./session-creation.service.ts";
import { SessionHealthRepository } from "./session-health.repository.ts";
import { SessionWritesController } from "./session-writes.controller.ts";
import { SessionWritesRepository } from "./session-writes.repository.ts";
import { SessionsController } from "./sessions.controller.ts";
import { SessionsRepository } from "./sessions.repository.ts";
import { SessionsService } from "./sessions.service.ts";

@Module({
  controllers: [SessionsController, SessionWritesController],
  providers: [
    SessionsRepository,
    SessionsService,
    SessionHealthRepository,
    SessionWritesRepository,
    SessionCreationService,
    SessionConnectionService,
    SessionControlService,
  ],
  exports: [SessionsService],
})
export class SessionsModule {}
