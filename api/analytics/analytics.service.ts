import { Inject, Injectable } from "@nestjs/common";
import type { Analytics } from "@ipnuo/domain/analytics";
import type { AnalyticsQuery } from "@ipnuo/domain/queries";
import { sessionNotFound } from "../http/contract-error.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { toAnalytics } from "./analytics-report.ts";
import { windowOf } from "./analytics-window.ts";
import { AnalyticsRepository } from "./analytics.repository.ts";

/** Traffic of one session over a window that ends now. */
@Injectable()
export class AnalyticsService {
  constructor(
    private readonly analytics: AnalyticsRepository,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  async get(tenantId: string, { sessionId, timeRange }: AnalyticsQuery): Promise<Analytics> {
    const window = windowOf(timeRange, this.timing.nowMs());
    const counts = await this.analytics.count(tenantId, sessionId, window);
    if (counts === undefined) throw sessionNotFound();
    return toAnalytics(counts, window, timeRange);
  }
}
