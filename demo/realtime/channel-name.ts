import { MAX_CHANNEL_NAME_LENGTH } from "./limits.ts";

export type ChannelKind = "public" | "private" | "encrypted" | "presence";

const NAME = /^[-a-zA-Z0-9_=@,.;]+$/;

export const isChannelName = (name: string): boolean => name.length <= MAX_CHANNEL_NAME_LENGTH && NAME.test(name);

/** A channel's kind is the beginning of its name. */
export function kindOf(channel: string): ChannelKind {
  if (channel.startsWith("private-encrypted-")) return "encrypted";
  if (channel.startsWith("private-")) return "private";
  return channel.startsWith("presence-") ? "presence" : "public";
}

export const needsAuth = (channel: string): boolean => kindOf(channel) !== "public";

/** Clients speak to each other only where somebody vouches for them, and not where the server cannot read. */
export const allowsClientEvents = (channel: string): boolean => kindOf(channel) === "private" || kindOf(channel) === "presence";
