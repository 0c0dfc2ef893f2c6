import { Module } from "@nestjs/common";
import { MediaController } from "./media.controller.ts";
import { MediaRepository } from "./media.repository.ts";
import { MediaService } from "./media.service.ts";

@Module({ controllers: [MediaController], providers: [MediaService, MediaRepository] })
export class MediaModule {}
