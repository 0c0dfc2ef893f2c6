import { Inject, Injectable } from "@nestjs/common";
import { randomBytes } from "node:crypto";
import type { CreateSessionBody } from "@ipnuo/domain/session-bodies";
import type { Session } from "@ipnuo/domain/session";
import { AppError } from "../../lib/errors.ts";
import type { Asked } from "../http/asked.decorator.ts";
import { conflict, sessionNotFound } from "../http/contract-error.ts";
import { isUniqueViolation } from "../http/database-outage.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { Transactions, type Transaction } from "../runtime/transactions.ts";
import { mintSessionKey, SESSION_KEY_BYTES } from "./session-key.ts";
import { toSession } from "./session-row.ts";
import { SessionWritesRepository, type LockedSession, type NewSession } from "./session-writes.repository.ts";
import { SessionsRepository } from "./sessions.repository.ts";

const MAX_SESSIONS = 100;

/** Where sessions come from: `POST sessions`, and `POST connect` of a key nobody has. */
@Injectable()
export class SessionCreationService {
  constructor(
    @Inject(TIMING) private readonly timing: Timing,
    private readonly transactions: Transactions,
    private readonly sessions: SessionsRepository,
    private readonly writes: SessionWritesRepository,
  ) {}

  /** 409 when the tenant has it or has too many, 404 when another tenant has it. */
  create({ requestId, tenantId, body }: Asked<object, CreateSessionBody>): Promise<Session> {
    const nowMs = this.timing.nowMs();
    const sessionId = body.sessionId ?? mintSessionKey(nowMs, randomBytes(SESSION_KEY_BYTES));
    const session = { sessionId, tenantId, name: body.name, status: "DISCONNECTED", desiredState: "STOPPED", lastSync: new Date(nowMs) } as const;
    return this.refusingForeign(requestId, async (transaction) => {
      const existing = await this.addUnlessThere(transaction, { ...session, routingRule: body.routingRule });
      if (existing !== undefined) throw conflict("Session already exists");
      const row = await this.sessions.find(transaction, tenantId, sessionId);
      if (row === undefined) throw new AppError("API_SESSION_LOST", "a session just created is not there");
      return toSession(row);
    });
  }

  /** Adds the session; undefined when that was done, else the tenant's own one, locked. Throws 404 and 409. */
  async addUnlessThere(transaction: Transaction, session: NewSession): Promise<LockedSession | undefined> {
    const { sessionId, tenantId } = session;
    const known = await this.findOwn(transaction, tenantId, sessionId);
    if (known !== undefined) return known;
    if (await this.writes.isForeignTenant(transaction, tenantId, sessionId)) throw sessionNotFound();
    const count = await this.writes.countLocked(transaction, tenantId);
    // Another request of the tenant may have added it while this one waited.
    const added = await this.findOwn(transaction, tenantId, sessionId);
    if (added !== undefined) return added;
    if (count >= MAX_SESSIONS) throw conflict("Session limit reached");
    await this.writes.create(transaction, session);
    return undefined;
  }

  /** A key is unique over all tenants: when two tenants take one at the same time, the later finds it foreign. */
  async refusingForeign<Result>(requestId: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    try {
      return await this.transactions.run(requestId, work);
    } catch (error) {
      throw isUniqueViolation(error) ? sessionNotFound() : error;
    }
  }

  private async findOwn(transaction: Transaction, tenantId: string, sessionId: string): Promise<LockedSession | undefined> {
    const session = await this.writes.lock(transaction, sessionId);
    if (session !== undefined && session.tenantId !== tenantId) throw sessionNotFound();
    return session;
  }
}
