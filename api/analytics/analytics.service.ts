import { Inject, Injectable } from "@nestjs/common";
import type { Analytics } from "@ipnuo/domain/analytics";
import type { AnalyticsQuery } from "@ipnuo/domain/queries";
import { sessionNotFound } from "../http/contract-error.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { toAnalytics, type AnalyticsCounts } from "./analytics-report.ts";
import { windowOf } from "./analytics-window.ts";
import { AnalyticsRepository } from "./analytics.repository.ts";
import { SingleFlight } from "./single-flight.ts";

/** Traffic of one session over a window that ends now. Equal requests at once share one query; nothing is cached. */
@Injectable()
export class AnalyticsService {
  private readonly flights = new SingleFlight<AnalyticsCounts | undefined>();

  constructor(
    private readonly analytics: AnalyticsRepository,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  async get(tenantId: string, { sessionId, timeRange }: AnalyticsQuery): Promise<Analytics> {
    const window = windowOf(timeRange, this.timing.nowMs());
    // Equal windows have equal buckets: of those only the milliseconds at their ends differ.
    const key = JSON.stringify([tenantId, sessionId, window.bucketMs, window.buckets.length, window.buckets[0]]);
    const counts = await this.flights.run(key, () => this.analytics.count(tenantId, sessionId, window));
    if (counts === undefined) throw sessionNotFound();
    return toAnalytics(counts, window, timeRange);
  }
}
