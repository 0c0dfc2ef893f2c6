/** What a channel's name asks of whoever wants to listen (contract 3.9). What is not named here, public names too, is nobody's. */
export type ChannelRule =
  /** Whoever has the session, or the tenant whose id it is while there is no such session. */
  { readonly kind: "of-session"; readonly sessionId: string } | { readonly kind: "open" } | { readonly kind: "closed" };

export type Listener = { readonly userId: string; readonly tenantId: string };

const SESSION_PREFIX = "private-whatsapp.";

export function ruleOf(channel: string, { userId, tenantId }: Listener): ChannelRule {
  if (channel.startsWith(SESSION_PREFIX)) return { kind: "of-session", sessionId: channel.slice(SESSION_PREFIX.length) };
  // Ids may hold dots themselves: names are compared, not taken apart.
  const isTheirs = channel === `private-user.${userId}`;
  const isOfTenant = ["private", "presence"].some((kind) => isBelow(channel, `${kind}-tenant.${tenantId}.`));
  return isTheirs || isOfTenant ? { kind: "open" } : { kind: "closed" };
}

/** Presence channels tell who is there. */
export function isPresence(channel: string): boolean {
  return channel.startsWith("presence-");
}

function isBelow(channel: string, prefix: string): boolean {
  return channel.startsWith(prefix) && channel.length > prefix.length;
}
