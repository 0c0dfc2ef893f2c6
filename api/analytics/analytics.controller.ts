import { Controller } from "@nestjs/common";
import type { Analytics } from "@ipnuo/domain/analytics";
import { analyticsQuery, type AnalyticsQuery } from "@ipnuo/domain/queries";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { AnalyticsService } from "./analytics.service.ts";

@Controller()
export class AnalyticsController {
  constructor(private readonly analytics: AnalyticsService) {}

  @Endpoint("analytics.get")
  get(@Ask({ query: analyticsQuery }) { tenantId, query }: Asked<AnalyticsQuery>): Promise<Analytics> {
    return this.analytics.get(tenantId, query);
  }
}
