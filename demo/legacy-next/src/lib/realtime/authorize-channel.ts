import { createHmac } from "node:crypto";
import { database } from "../database.ts";
import type { Broker } from "../env-realtime.ts";
import { env } from "../env.ts";
import { ApiError, realtimeNotConfigured } from "../http/api-error.ts";
import type { Member } from "../http/member.ts";

export type Subscription = { readonly socketId: string; readonly channel: string };

const SESSION_PREFIX = "private-whatsapp.";
const PRESENCE_PREFIX = "presence-";

/** `POST realtime/auth`: the signature that the broker asks of a subscriber. Throws 403, then 503. */
export async function authorizeChannel(member: Member, { socketId, channel }: Subscription): Promise<unknown> {
  if (!(await mayHear(member, channel))) throw new ApiError(403, { error: "Forbidden channel" });
  const broker = env().realtime?.client;
  if (broker === undefined) throw realtimeNotConfigured();
  const signed = `${socketId}:${channel}`;
  if (!channel.startsWith(PRESENCE_PREFIX)) return { auth: sign(broker, signed) };
  // Always who the token says, whatever the client claims to be.
  const channelData = JSON.stringify({ user_id: member.userId, user_info: { email: member.email ?? null } });
  return { auth: sign(broker, `${signed}:${channelData}`), channel_data: channelData };
}

async function mayHear(member: Member, channel: string): Promise<boolean> {
  if (channel === `private-user.${member.userId}`) return true;
  if (channel.startsWith(SESSION_PREFIX)) return mayHearSession(member, channel.slice(SESSION_PREFIX.length));
  return ["private-tenant", "presence-tenant"].some((kind) => isBelow(channel, `${kind}.${member.tenantId}.`));
}

const isBelow = (channel: string, prefix: string): boolean => channel.startsWith(prefix) && channel.length > prefix.length;

/** The tenant's own session; or one that nobody has made yet and that bears the tenant's id. */
async function mayHearSession({ tenantId }: Member, sessionId: string): Promise<boolean> {
  const session = await database().whatsAppSession.findUnique({ where: { sessionId }, select: { tenantId: true } });
  return session === null ? sessionId === tenantId : session.tenantId === tenantId;
}

function sign({ key, secret }: Broker, text: string): string {
  return `${key}:${createHmac("sha256", secret).update(text).digest("hex")}`;
}
