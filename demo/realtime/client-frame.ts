import { z } from "zod";
import type { AppCredentials } from "./app-credentials.ts";
import { allowsClientEvents, isChannelName, kindOf, needsAuth } from "./channel-name.ts";
import { CLIENT_EVENT_REFUSED } from "./close-codes.ts";
import { frames, parseClientFrame, type ClientFrame, type SubscriptionError } from "./frames.ts";
import type { Hub, Peer } from "./hub.ts";
import { MAX_CHANNELS_PER_CONNECTION, MAX_DATA_BYTES, MAX_EVENT_NAME_LENGTH, MAX_MEMBER_BYTES, MAX_MEMBERS_PER_CHANNEL } from "./limits.ts";
import type { Member } from "./presence.ts";
import { isChannelAuth } from "./signature.ts";

export type ClientContext = { readonly app: AppCredentials; readonly hub: Hub; readonly peer: Peer };

/** Does what a client asks for. Answers go out through `peer`; never throws, never closes. */
export function handleClientFrame(context: ClientContext, text: string): void {
  const { hub, peer } = context;
  const frame = parseClientFrame(text);
  switch (frame.kind) {
    case "ping":
      return peer.send(frames.pong());
    case "pong":
      return;
    case "subscribe":
      return subscribe(context, frame);
    case "unsubscribe":
      return hub.unsubscribe(peer, frame.channel);
    case "client-event":
      return passOn(context, frame);
    case "unknown":
      return peer.send(frames.error(null, "This message cannot be read"));
  }
}

type Subscription = Extract<ClientFrame, { kind: "subscribe" }>;

function subscribe({ app, hub, peer }: ClientContext, wanted: Subscription): void {
  const { channel } = wanted;
  const member = kindOf(channel) === "presence" ? parseMember(wanted.channelData) : undefined;
  const problem = findProblem({ app, hub, peer }, wanted, member);
  if (problem === undefined) hub.subscribe(peer, channel, member);
  else peer.send(frames.subscriptionError(channel, problem));
}

function findProblem({ app, hub, peer }: ClientContext, wanted: Subscription, member: Member | undefined): SubscriptionError | undefined {
  const { channel, auth, channelData } = wanted;
  const { socketId } = peer;
  if (!isChannelName(channel)) return limit("The channel's name is too long, or has characters that are not allowed");
  if (needsAuth(channel) && !isChannelAuth(auth ?? "", { socketId, channel, channelData }, app))
    return { type: "AuthError", error: "The connection is not authorised for this channel", status: 401 };
  if (!hub.has(socketId, channel) && hub.channelsOf(socketId).length >= MAX_CHANNELS_PER_CONNECTION)
    return limit(`A connection may have at most ${MAX_CHANNELS_PER_CONNECTION} channels`);
  if (kindOf(channel) !== "presence") return undefined;
  if (member === undefined) return limit("channel_data: expected a JSON text with a user_id");
  if (Buffer.byteLength(channelData ?? "") > MAX_MEMBER_BYTES) return limit(`channel_data: expected at most ${MAX_MEMBER_BYTES} bytes`);
  const users = hub.usersOf(channel);
  const isFull = users.length >= MAX_MEMBERS_PER_CHANNEL && !users.includes(member.userId);
  return isFull ? limit(`A presence channel may have at most ${MAX_MEMBERS_PER_CHANNEL} members`) : undefined;
}

const limit = (error: string): SubscriptionError => ({ type: "LimitReached", error, status: 4009 });

const memberData = z.object({ user_id: z.union([z.string().min(1), z.number().transform(String)]), user_info: z.unknown().optional() });

function parseMember(channelData: string | undefined): Member | undefined {
  try {
    const { user_id: userId, user_info: userInfo = null } = memberData.parse(JSON.parse(channelData ?? ""));
    return { userId, userInfo };
  } catch {
    return undefined;
  }
}

/** To the others in the channel; never back to who sent it. */
function passOn({ hub, peer }: ClientContext, { channel, event, data }: Extract<ClientFrame, { kind: "client-event" }>): void {
  const problem = refuseClientEvent(hub, peer, { channel, event, data });
  if (problem !== undefined) return peer.send(frames.error(CLIENT_EVENT_REFUSED, problem));
  const userId = hub.userIn(channel, peer.socketId);
  hub.publish(channel, frames.clientEvent({ event, channel, data, ...(userId === undefined ? {} : { user_id: userId }) }), peer.socketId);
}

type ClientEvent = { readonly channel: string; readonly event: string; readonly data: unknown };

function refuseClientEvent(hub: Hub, { socketId }: Peer, { channel, event, data }: ClientEvent): string | undefined {
  if (!allowsClientEvents(channel)) return "Client events are for private and presence channels alone";
  if (!hub.has(socketId, channel)) return "Client events need a subscription to the channel";
  if (event.length > MAX_EVENT_NAME_LENGTH) return `An event's name may have at most ${MAX_EVENT_NAME_LENGTH} characters`;
  const size = Buffer.byteLength(typeof data === "string" ? data : (JSON.stringify(data) ?? ""));
  return size > MAX_DATA_BYTES ? `An event's data may have at most ${MAX_DATA_BYTES} bytes` : undefined;
}
