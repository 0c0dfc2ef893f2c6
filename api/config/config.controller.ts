import { Controller } from "@nestjs/common";
import { configQuery, type ConfigQuery } from "@ipnuo/domain/queries";
import type { ConfigReply } from "@ipnuo/domain/session";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { ConfigService } from "./config.service.ts";

@Controller()
export class ConfigController {
  constructor(private readonly configs: ConfigService) {}

  @Endpoint("config.get")
  get(@Ask({ query: configQuery }) { tenantId, query }: Asked<ConfigQuery>): Promise<ConfigReply> {
    return this.configs.get(tenantId, query.sessionId);
  }
}
