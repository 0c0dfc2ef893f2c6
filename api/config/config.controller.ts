import { Controller } from "@nestjs/common";
import { configQuery, type ConfigQuery } from "@ipnuo/domain/queries";
import { configBody, routingBody, type ConfigBody, type RoutingBody } from "@ipnuo/domain/session-bodies";
import type { ConfigReply, ConfigSaved, RoutingSaved } from "@ipnuo/domain/session";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { ConfigWritesService } from "./config-writes.service.ts";
import { ConfigService } from "./config.service.ts";

@Controller()
export class ConfigController {
  constructor(
    private readonly configs: ConfigService,
    private readonly writes: ConfigWritesService,
  ) {}

  @Endpoint("config.get")
  get(@Ask({ query: configQuery }) { tenantId, query }: Asked<ConfigQuery>): Promise<ConfigReply> {
    return this.configs.get(tenantId, query.sessionId);
  }

  @Endpoint("config.set")
  save(@Ask({ body: configBody }) asked: Asked<object, ConfigBody>): Promise<ConfigSaved> {
    return this.writes.save(asked);
  }

  @Endpoint("config.patch")
  saveRouting(@Ask({ body: routingBody }) asked: Asked<object, RoutingBody>): Promise<RoutingSaved> {
    return this.writes.saveRouting(asked);
  }
}
