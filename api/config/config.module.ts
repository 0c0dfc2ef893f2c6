import { Module } from "@nestjs/common";
import { ConfigController } from "./config.controller.ts";
import { ConfigRepository } from "./config.repository.ts";
import { ConfigService } from "./config.service.ts";

@Module({ controllers: [ConfigController], providers: [ConfigRepository, ConfigService] })
export class ConfigModule {}
