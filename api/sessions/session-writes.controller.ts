import { Controller } from "@nestjs/common";
import { statusQuery, type StatusQuery } from "@ipnuo/domain/queries";
import {
  connectBody,
  createSessionBody,
  sessionBody,
  type ConnectBody,
  type CreateSessionBody,
  type SessionBody,
} from "@ipnuo/domain/session-bodies";
import type { Done, SessionCreated } from "@ipnuo/domain/session";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { SessionConnectionService } from "./session-connection.service.ts";
import { SessionControlService } from "./session-control.service.ts";
import { SessionCreationService } from "./session-creation.service.ts";

@Controller()
export class SessionWritesController {
  constructor(
    private readonly connection: SessionConnectionService,
    private readonly control: SessionControlService,
    private readonly creation: SessionCreationService,
  ) {}

  @Endpoint("sessions.connect")
  async connect(@Ask({ body: connectBody }) asked: Asked<object, ConnectBody>): Promise<Done> {
    await this.connection.connect(asked);
    return { success: true, message: "Connection initiated" };
  }

  @Endpoint("sessions.disconnect")
  async disconnect(@Ask({ body: sessionBody }) { requestId, tenantId, body }: Asked<object, SessionBody>): Promise<Done> {
    await this.control.disconnect({ requestId, tenantId, sessionId: body.sessionId });
    return { success: true, message: "Disconnected" };
  }

  @Endpoint("sessions.create")
  async create(@Ask({ body: createSessionBody }) asked: Asked<object, CreateSessionBody>): Promise<SessionCreated> {
    return { success: true, session: await this.creation.create(asked) };
  }

  @Endpoint("sessions.delete")
  async remove(@Ask({ query: statusQuery }) { requestId, tenantId, query }: Asked<StatusQuery>): Promise<Done> {
    await this.control.remove({ requestId, tenantId, sessionId: query.sessionId });
    return { success: true, message: "Session deleted successfully" };
  }

  @Endpoint("sessions.testQr")
  async testQr(@Ask({ body: sessionBody }) { requestId, tenantId, body }: Asked<object, SessionBody>): Promise<Done> {
    await this.control.testQr({ requestId, tenantId, sessionId: body.sessionId });
    return { success: true, message: "Test QR code broadcasted" };
  }
}
