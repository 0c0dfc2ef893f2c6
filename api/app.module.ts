import { Module, type DynamicModule } from "@nestjs/common";
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from "@nestjs/core";
import { AnalyticsModule } from "./analytics/analytics.module.ts";
import { ConfigModule } from "./config/config.module.ts";
import { ContactsModule } from "./contacts/contacts.module.ts";
import { ConversationModule } from "./conversation/conversation.module.ts";
import { HealthModule } from "./health/health.module.ts";
import { AuthGuard } from "./http/auth.guard.ts";
import { DeadlineInterceptor } from "./http/deadline.interceptor.ts";
import { ErrorsFilter } from "./http/errors.filter.ts";
import { OpenapiModule } from "./openapi/openapi.module.ts";
import { IngestModule } from "./ingest/ingest.module.ts";
import { MediaFilesModule } from "./media/media-files.module.ts";
import { MediaModule } from "./media/media.module.ts";
import { MetricsModule } from "./metrics/metrics.module.ts";
import { EmissionsModule } from "./realtime/emissions.module.ts";
import { RuntimeModule } from "./runtime/runtime.module.ts";
import type { Runtime } from "./runtime/tokens.ts";
import { RealtimeModule } from "./realtime/realtime.module.ts";
import { SendsModule } from "./sends/sends.module.ts";
import { SessionsModule } from "./sessions/sessions.module.ts";
import { ShadowingModule } from "./shadowing/shadowing.module.ts";
import { TransfersModule } from "./transfers/transfers.module.ts";

/** The whole service: every feature, and what every request passes through. */
@Module({
  imports: [
    EmissionsModule,
    MediaFilesModule,
    SessionsModule,
    ContactsModule,
    ConversationModule,
    SendsModule,
    MediaModule,
    IngestModule,
    AnalyticsModule,
    ConfigModule,
    TransfersModule,
    ShadowingModule,
    RealtimeModule,
    HealthModule,
    MetricsModule,
    OpenapiModule,
  ],
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_INTERCEPTOR, useClass: DeadlineInterceptor },
    { provide: APP_FILTER, useClass: ErrorsFilter },
  ],
})
export class AppModule {
  static of(runtime: Runtime): DynamicModule {
    return { module: AppModule, imports: [RuntimeModule.of(runtime)] };
  }
}
