import { z } from "zod";

/** What the server says to a client. `data` is a JSON text inside the JSON, as the protocol wants it. */
export const frames = {
  established: (socketId: string, activityTimeoutSeconds: number): string =>
    render("pusher:connection_established", undefined, { socket_id: socketId, activity_timeout: activityTimeoutSeconds }),
  ping: (): string => render("pusher:ping", undefined, {}),
  pong: (): string => render("pusher:pong", undefined, {}),
  error: (code: number | null, message: string): string => JSON.stringify({ event: "pusher:error", data: { code, message } }),
  subscribed: (channel: string, data: object = {}): string => render("pusher_internal:subscription_succeeded", channel, data),
  subscriptionError: (channel: string, data: SubscriptionError): string => JSON.stringify({ event: "pusher:subscription_error", channel, data }),
  memberAdded: (channel: string, member: object): string => render("pusher_internal:member_added", channel, member),
  memberRemoved: (channel: string, userId: string): string => render("pusher_internal:member_removed", channel, { user_id: userId }),
  /** An event of an app: its data is the text that was published. */
  published: (channel: string, event: string, data: string): string => JSON.stringify({ event, channel, data }),
  /** An event of another client: its data is whatever that client sent. */
  clientEvent: (frame: { channel: string; event: string; data: unknown; user_id?: string }): string => JSON.stringify(frame),
} as const;

export type SubscriptionError = { readonly type: "AuthError" | "LimitReached"; readonly error: string; readonly status: number };

const render = (event: string, channel: string | undefined, data: object): string =>
  JSON.stringify({ event, ...(channel === undefined ? {} : { channel }), data: JSON.stringify(data) });

/** What a client says. */
export type ClientFrame =
  | { readonly kind: "ping" }
  | { readonly kind: "pong" }
  | { readonly kind: "subscribe"; readonly channel: string; readonly auth: string | undefined; readonly channelData: string | undefined }
  | { readonly kind: "unsubscribe"; readonly channel: string }
  | { readonly kind: "client-event"; readonly channel: string; readonly event: string; readonly data: unknown }
  | { readonly kind: "unknown" };

const frame = z.object({ event: z.string(), channel: z.string().optional(), data: z.unknown().optional() });
const subscription = z.object({ channel: z.string(), auth: z.string().optional(), channel_data: z.string().optional() });
const channelOnly = z.object({ channel: z.string() });

/** Total: what cannot be read is `unknown`. */
export function parseClientFrame(text: string): ClientFrame {
  const parsed = frame.safeParse(parseJson(text));
  if (!parsed.success) return { kind: "unknown" };
  const { event, channel, data } = parsed.data;
  if (event === "pusher:ping") return { kind: "ping" };
  if (event === "pusher:pong") return { kind: "pong" };
  if (event.startsWith("client-")) return channel === undefined ? { kind: "unknown" } : { kind: "client-event", channel, event, data };
  // Clients may send `data` as an object or, as the server does, as a JSON text.
  const content = typeof data === "string" ? parseJson(data) : data;
  if (event === "pusher:unsubscribe") {
    const wanted = channelOnly.safeParse(content);
    return wanted.success ? { kind: "unsubscribe", channel: wanted.data.channel } : { kind: "unknown" };
  }
  const wanted = event === "pusher:subscribe" ? subscription.safeParse(content) : undefined;
  if (wanted?.success !== true) return { kind: "unknown" };
  return { kind: "subscribe", channel: wanted.data.channel, auth: wanted.data.auth, channelData: wanted.data.channel_data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
