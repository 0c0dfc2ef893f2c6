import { Module } from "@nestjs/common";
import { RealtimeController } from "./realtime.controller.ts";
import { RealtimeService } from "./realtime.service.ts";

@Module({ controllers: [RealtimeController], providers: [RealtimeService] })
export class RealtimeModule {}
