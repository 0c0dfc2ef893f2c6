import { Controller } from "@nestjs/common";
import {
  ingestSessionParams,
  sessionQrBody,
  sessionStateBody,
  type IngestSessionParams,
  type SessionQrBody,
  type SessionReportReply,
  type SessionStateBody,
} from "@ipnuo/domain/ingest";
import { AskService, type AskedByService } from "../http/asked-by-service.decorator.ts";
import { IngestEndpoint } from "../http/endpoint.decorator.ts";
import { INGEST_BASE as BASE } from "./ingest-base.ts";
import { SessionReportsService } from "./session-reports.service.ts";

/** Sockets and codes, as the worker tells it (contract 4.1, 4.2). */
@Controller()
export class IngestSessionsController {
  constructor(private readonly sessions: SessionReportsService) {}

  @IngestEndpoint("ingest.state", `${BASE}/sessions/:sessionId/state`, "ingest:sessions")
  state(
    @AskService({ params: ingestSessionParams, body: sessionStateBody }) asked: AskedByService<SessionStateBody, IngestSessionParams>,
  ): Promise<SessionReportReply> {
    return this.sessions.state(asked);
  }

  @IngestEndpoint("ingest.qr", `${BASE}/sessions/:sessionId/qr`, "ingest:sessions")
  code(
    @AskService({ params: ingestSessionParams, body: sessionQrBody }) asked: AskedByService<SessionQrBody, IngestSessionParams>,
  ): Promise<SessionReportReply> {
    return this.sessions.code(asked);
  }
}
