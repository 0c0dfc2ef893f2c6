import type { RoutingRule } from "@ipnuo/domain/enums";
import { assertTenant, type Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { commit } from "../transaction.ts";
import type { ConfigChange } from "./config-body.ts";
import { lockSession } from "./lock.ts";
import { toConfig } from "./session-config.ts";
import { assertSession } from "./session-reference.ts";

type SetInput = { readonly sessionId: string; readonly config: ConfigChange };

/** `POST config`: answers what is stored now. */
export async function saveConfig({ tenantId }: Member, { sessionId, config }: SetInput, asked: Asked): Promise<unknown> {
  const row = await commit(asked, async (transaction) => {
    await lockSession(transaction, tenantId, sessionId);
    const where = { sessionId };
    return { result: await transaction.whatsAppSessionConfig.upsert({ where, create: { sessionId, ...config }, update: config }) };
  });
  return { success: true, config: toConfig(row) };
}

type PatchInput = { readonly sessionId: string; readonly routingRule: RoutingRule; readonly tenantId: string | undefined };

const EVERY_SESSION = "all";

/** `PATCH config`: the routing rule of one session, or of every session of the caller's tenant. */
export async function patchConfig(member: Member, { sessionId, routingRule, tenantId }: PatchInput, asked: Asked): Promise<unknown> {
  if (sessionId !== EVERY_SESSION) await assertSession(member.tenantId, sessionId);
  assertTenant(member, tenantId);
  if (sessionId === EVERY_SESSION) return { success: true, config: await routeAll(member, routingRule, asked) };
  const { config } = (await saveConfig(member, { sessionId, config: { routingRule } }, asked)) as { config: ConfigChange };
  return { success: true, config: { sessionId, routingRule: config.routingRule, autoReplyEnabled: config.autoReplyEnabled } };
}

function routeAll({ tenantId }: Member, routingRule: RoutingRule, asked: Asked): Promise<unknown> {
  return commit(asked, async (transaction) => {
    const where = { session: { tenantId } };
    const sessions = await transaction.$queryRaw<{ readonly sessionId: string }[]>`
      select "sessionId" from "whatsapp_sessions" where "tenantId" = ${tenantId} order by "id" for update`;
    await transaction.whatsAppSessionConfig.updateMany({ where, data: { routingRule } });
    const data = sessions.map(({ sessionId }) => ({ sessionId, routingRule }));
    await transaction.whatsAppSessionConfig.createMany({ data, skipDuplicates: true });
    return { result: { routingRule } };
  });
}
