import { Injectable } from "@nestjs/common";
import type { Session, SessionList, SessionStatusReply } from "@ipnuo/domain/session";
import type { SessionStatus } from "@ipnuo/domain/enums";
import { sessionNotFound } from "../http/contract-error.ts";
import { toSession } from "./session-row.ts";
import { toStatusReply } from "./session-status.ts";
import { SessionsRepository } from "./sessions.repository.ts";

/** What the panel asks about sessions. */
@Injectable()
export class SessionsService {
  constructor(private readonly sessions: SessionsRepository) {}

  async list(tenantId: string): Promise<Session[]> {
    return (await this.sessions.list(tenantId)).map(toSession);
  }

  async listWithSummary(tenantId: string): Promise<SessionList> {
    const sessions = await this.list(tenantId);
    const countOf = (status: SessionStatus) => sessions.filter((session) => session.status === status).length;
    const summary = {
      total: sessions.length,
      connected: countOf("CONNECTED"),
      qrRequired: countOf("QR_REQUIRED"),
      connecting: countOf("CONNECTING"),
    };
    return { sessions, summary };
  }

  async status(tenantId: string, sessionId: string): Promise<SessionStatusReply> {
    return toStatusReply(await this.sessions.findStatus(tenantId, sessionId));
  }

  /** Reference `sessionId` (contract 1.8): throws 404 unless the tenant has exactly that session. */
  async require(tenantId: string, sessionId: string): Promise<void> {
    if (!(await this.sessions.exists(tenantId, sessionId))) throw sessionNotFound();
  }
}
