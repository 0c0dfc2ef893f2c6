import { Module } from "@nestjs/common";
import { SessionsController } from "./sessions.controller.ts";
import { SessionsRepository } from "./sessions.repository.ts";
import { SessionsService } from "./sessions.service.ts";

@Module({ controllers: [SessionsController], providers: [SessionsRepository, SessionsService], exports: [SessionsService] })
export class SessionsModule {}
