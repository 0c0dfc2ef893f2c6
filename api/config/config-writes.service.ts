import { Injectable } from "@nestjs/common";
import type { ConfigBody, RoutingBody } from "@ipnuo/domain/session-bodies";
import type { ConfigSaved, RoutingSaved } from "@ipnuo/domain/session";
import { requireOwnTenant } from "../http/actor.ts";
import type { Asked } from "../http/asked.decorator.ts";
import { sessionNotFound } from "../http/contract-error.ts";
import { Transactions } from "../runtime/transactions.ts";
import { ConfigWritesRepository } from "./config-writes.repository.ts";
import { toSessionConfig } from "./session-config.ts";

const ALL = "all";

/** Changes configurations; the reply is what is stored now. */
@Injectable()
export class ConfigWritesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly configs: ConfigWritesRepository,
  ) {}

  /** `POST config`. */
  save({ requestId, tenantId, body: { sessionId, config } }: Asked<object, ConfigBody>): Promise<ConfigSaved> {
    return this.transactions.run(requestId, async (transaction) => {
      const [session] = await this.configs.lockSessions(transaction, tenantId, sessionId);
      if (session === undefined) throw sessionNotFound();
      return { success: true, config: toSessionConfig(await this.configs.save(transaction, session, config)) };
    });
  }

  /** `PATCH config`: of one session, or of all of the caller's tenant. */
  saveRouting({ requestId, tenantId, body }: Asked<object, RoutingBody>): Promise<RoutingSaved> {
    const { sessionId, routingRule } = body;
    return this.transactions.run(requestId, async (transaction) => {
      const sessions = await this.configs.lockSessions(transaction, tenantId, ...(sessionId === ALL ? [] : [sessionId]));
      if (sessionId !== ALL && sessions.length === 0) throw sessionNotFound();
      requireOwnTenant(tenantId, body.tenantId);
      if (sessionId === ALL) {
        await this.configs.saveRoutingOfAll(transaction, sessions, routingRule);
        return { success: true, config: { routingRule } };
      }
      const saved = await this.configs.save(transaction, sessionId, { routingRule });
      return { success: true, config: { sessionId, routingRule: saved.routingRule, autoReplyEnabled: saved.autoReplyEnabled } };
    });
  }
}
