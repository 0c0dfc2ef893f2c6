import { Controller } from "@nestjs/common";
import { healthQuery, statusQuery, type HealthQuery, type StatusQuery } from "@ipnuo/domain/queries";
import type { Session, SessionList, SessionsHealth, SessionStatusReply } from "@ipnuo/domain/session";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { SessionsService } from "./sessions.service.ts";

@Controller()
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Endpoint("sessions.list")
  list(@Ask({}) { tenantId }: Asked): Promise<SessionList> {
    return this.sessions.listWithSummary(tenantId);
  }

  @Endpoint("sessions.admin")
  admin(@Ask({}) { tenantId }: Asked): Promise<Session[]> {
    return this.sessions.list(tenantId);
  }

  @Endpoint("sessions.status")
  status(@Ask({ query: statusQuery }) { tenantId, query }: Asked<StatusQuery>): Promise<SessionStatusReply> {
    return this.sessions.status(tenantId, query.sessionId);
  }

  @Endpoint("sessions.health")
  health(@Ask({ query: healthQuery }) { tenantId, query }: Asked<HealthQuery>): Promise<SessionsHealth> {
    return this.sessions.health(tenantId, query.sessionId);
  }
}
