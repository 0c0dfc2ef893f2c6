import { Module } from "@nestjs/common";
import { ConfigWritesRepository } from "./config-writes.repository.ts";
import { ConfigWritesService } from "./config-writes.service.ts";
import { ConfigController } from "./config.controller.ts";
import { ConfigRepository } from "./config.repository.ts";
import { ConfigService } from "./config.service.ts";

@Module({ controllers: [ConfigController], providers: [ConfigRepository, ConfigService, ConfigWritesRepository, ConfigWritesService] })
export class ConfigModule {}
