import type { AuthReply } from "@ipnuo/domain/realtime";
import type { ChannelAuthorizationHandler } from "pusher-js";
import { ApiFailure } from "../api-client.ts";

export type ChannelSigner = {
  /** What the library calls before it enters a private channel. */
  readonly handler: ChannelAuthorizationHandler;
  /** True once the API has said that this channel is not for this person: trying again is no use. */
  readonly isForbidden: (channel: string) => boolean;
};

type Authorize = (socketId: string, channel: string) => Promise<AuthReply>;
type Signature = { readonly auth: string; readonly channel_data?: string };

/** Has channels signed by the API, through the same client as every other request. */
export function createChannelSigner(authorize: Authorize): ChannelSigner {
  const forbidden = new Set<string>();
  const sign = async (socketId: string, channel: string): Promise<Signature | Error> => {
    try {
      const { auth, channel_data: member } = await authorize(socketId, channel);
      return member === undefined ? { auth } : { auth, channel_data: member };
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 403) forbidden.add(channel);
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  const answer = async (...[{ socketId, channelName }, callback]: Parameters<ChannelAuthorizationHandler>): Promise<void> => {
    const outcome = await sign(socketId, channelName);
    if (outcome instanceof Error) callback(outcome, null);
    else callback(null, outcome);
  };
  return { handler: (parameters, callback) => void answer(parameters, callback), isForbidden: (channel) => forbidden.has(channel) };
}
