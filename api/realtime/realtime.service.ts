import { Inject, Injectable } from "@nestjs/common";
import { createHmac } from "node:crypto";
import type { AuthBody, AuthReply, RealtimeConfig } from "@ipnuo/domain/realtime";
import type { ApiEnv } from "../env.ts";
import type { Asked } from "../http/asked.decorator.ts";
import type { Caller } from "../http/caller.ts";
import { forbidden, unconfigured } from "../http/contract-error.ts";
import { sql } from "../runtime/sql.ts";
import { DATABASE, ENV, type Database } from "../runtime/tokens.ts";
import { isPresence, ruleOf } from "./channel-access.ts";

/** What browsers connect to, and what they may listen to there. */
@Injectable()
export class RealtimeService {
  constructor(
    @Inject(ENV) private readonly env: ApiEnv,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  /** The client's side, the real broker; never its secret. */
  config(): RealtimeConfig {
    const { realtime } = this.env;
    if (realtime === undefined) return { success: false, hasConfig: false, message: "Realtime not configured", config: null };
    const { key, host, port, useTLS, appId } = realtime.client;
    return { success: true, config: { key, host, port, useTLS, appId, cluster: realtime.cluster } };
  }

  /** Signs a subscription. Throws 403 for a channel that is not the caller's, then 503. */
  async authorize({ caller, tenantId, body }: Asked<object, AuthBody>): Promise<AuthReply> {
    const { socket_id: socketId, channel_name: channel } = body;
    if (!(await this.mayListen(channel, { userId: caller.userId, tenantId }))) throw forbidden("Forbidden channel");
    if (this.env.realtime === undefined) throw unconfigured();
    const { key, secret } = this.env.realtime.client;
    const sign = (parts: readonly string[]): string => `${key}:${createHmac("sha256", secret).update(parts.join(":")).digest("hex")}`;
    if (!isPresence(channel)) return { auth: sign([socketId, channel]) };
    const member = memberOf(caller);
    return { auth: sign([socketId, channel, member]), channel_data: member };
  }

  private async mayListen(channel: string, listener: { userId: string; tenantId: string }): Promise<boolean> {
    const rule = ruleOf(channel, listener);
    if (rule.kind !== "of-session") return rule.kind === "open";
    const [session] = await this.database.$queryRaw<{ tenantId: string }[]>(sql`
      select "tenantId" from whatsapp_sessions where "sessionId" = ${rule.sessionId}`);
    return (session?.tenantId ?? rule.sessionId) === listener.tenantId;
  }
}

/** Always from the token, whatever the client says of itself. */
function memberOf({ userId, email }: Caller): string {
  return JSON.stringify({ user_id: userId, user_info: { email } });
}
