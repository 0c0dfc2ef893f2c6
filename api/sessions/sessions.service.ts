import { Injectable } from "@nestjs/common";
import type { Session, SessionList, SessionsHealth, SessionStatusReply } from "@ipnuo/domain/session";
import type { SessionStatus } from "@ipnuo/domain/enums";
import { sessionNotFound } from "../http/contract-error.ts";
import { SharedReads } from "../runtime/shared-reads.ts";
import type { Transaction } from "../runtime/transactions.ts";
import { toSession } from "./session-row.ts";
import { SessionHealthRepository } from "./session-health.repository.ts";
import { toSessionsHealth } from "./sessions-health.ts";
import { toStatusReply } from "./session-status.ts";
import { SessionsRepository } from "./sessions.repository.ts";

/** What the panel asks about sessions. */
@Injectable()
export class SessionsService {
  private readonly lists = new SharedReads<SessionList>();

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly healths: SessionHealthRepository,
  ) {}

  async list(tenantId: string): Promise<Session[]> {
    return (await this.sessions.list(tenantId)).map(toSession);
  }

  listWithSummary(tenantId: string): Promise<SessionList> {
    return this.lists.read(tenantId, () => this.summarise(tenantId));
  }

  private async summarise(tenantId: string): Promise<SessionList> {
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

  /** Of all sessions of the tenant, or of one: 404 unless the tenant has it. */
  async health(tenantId: string, sessionId: string | undefined): Promise<SessionsHealth> {
    const rows = await this.healths.read(tenantId, sessionId);
    if (sessionId !== undefined && rows.length === 0) throw sessionNotFound();
    return toSessionsHealth(rows);
  }

  /** Reference `sessionId` (contract 1.8): throws 404 unless the tenant has exactly that session. */
  async require(tenantId: string, sessionId: string, transaction?: Transaction): Promise<void> {
    if (!(await this.sessions.exists(tenantId, sessionId, transaction?.db))) throw sessionNotFound();
  }
}
