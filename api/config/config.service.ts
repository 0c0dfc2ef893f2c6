import { Injectable } from "@nestjs/common";
import type { ConfigReply } from "@ipnuo/domain/session";
import { sessionNotFound } from "../http/contract-error.ts";
import { ConfigRepository } from "./config.repository.ts";
import { toSessionConfig } from "./session-config.ts";

/** A session's configuration: the defaults without a row, never null. */
@Injectable()
export class ConfigService {
  constructor(private readonly configs: ConfigRepository) {}

  async get(tenantId: string, sessionId: string): Promise<ConfigReply> {
    const columns = await this.configs.find(tenantId, sessionId);
    if (columns === undefined) throw sessionNotFound();
    return { config: toSessionConfig(columns) };
  }
}
