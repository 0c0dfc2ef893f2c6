import { Controller } from "@nestjs/common";
import type { AuthBody, AuthReply, RealtimeConfig } from "@ipnuo/domain/realtime";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { AskChannel } from "./asked-channel.decorator.ts";
import { RealtimeService } from "./realtime.service.ts";

@Controller()
export class RealtimeController {
  constructor(private readonly realtime: RealtimeService) {}

  @Endpoint("realtime.config")
  config(@Ask({}) _asked: Asked): RealtimeConfig {
    return this.realtime.config();
  }

  @Endpoint("realtime.auth")
  authorize(@AskChannel() asked: Asked<object, AuthBody>): Promise<AuthReply> {
    return this.realtime.authorize(asked);
  }
}
