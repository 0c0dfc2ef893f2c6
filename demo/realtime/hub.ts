import { kindOf } from "./channel-name.ts";
import { frames } from "./frames.ts";
import { Presence, type Member } from "./presence.ts";

/** A connection as the hub sees it. */
export type Peer = { readonly socketId: string; readonly send: (frame: string) => void };

type Channel = { readonly peers: Map<string, Peer>; readonly presence: Presence };

export type ChannelFacts = { readonly subscriptionCount: number; readonly userCount: number };

/** Who listens to what, of one app. Forgets a channel when nobody is left in it. */
export class Hub {
  readonly #channels = new Map<string, Channel>();
  readonly #joined = new Map<string, Set<string>>();

  /** Lets a connection into a channel and tells it, and the others when it brings a new member. Doing it twice changes nothing. */
  subscribe(peer: Peer, name: string, member?: Member): void {
    const channel = this.#channels.get(name) ?? { peers: new Map<string, Peer>(), presence: new Presence() };
    this.#channels.set(name, channel);
    const isBack = channel.peers.has(peer.socketId);
    channel.peers.set(peer.socketId, peer);
    const joined = this.#joined.get(peer.socketId) ?? new Set();
    this.#joined.set(peer.socketId, joined.add(name));
    const isNewMember = member !== undefined && !isBack && channel.presence.join(peer.socketId, member);
    peer.send(frames.subscribed(name, kindOf(name) === "presence" ? channel.presence.roll : {}));
    if (isNewMember) this.#sendAll(channel, frames.memberAdded(name, { user_id: member.userId, user_info: member.userInfo }), peer.socketId);
  }

  unsubscribe({ socketId }: Peer, name: string): void {
    const channel = this.#channels.get(name);
    if (channel?.peers.delete(socketId) !== true) return;
    const joined = this.#joined.get(socketId);
    joined?.delete(name);
    if (joined?.size === 0) this.#joined.delete(socketId);
    const gone = channel.presence.leave(socketId);
    if (gone !== undefined) this.#sendAll(channel, frames.memberRemoved(name, gone));
    if (channel.peers.size === 0) this.#channels.delete(name);
  }

  /** The connection is gone. */
  leave(peer: Peer): void {
    for (const name of this.channelsOf(peer.socketId)) this.unsubscribe(peer, name);
  }

  /** To everybody in the channel, in the order of calls. The number of connections it went to. */
  publish(name: string, frame: string, exceptSocketId?: string): number {
    const channel = this.#channels.get(name);
    return channel === undefined ? 0 : this.#sendAll(channel, frame, exceptSocketId);
  }

  channelsOf(socketId: string): readonly string[] {
    return [...(this.#joined.get(socketId) ?? [])];
  }

  has(socketId: string, name: string): boolean {
    return this.#channels.get(name)?.peers.has(socketId) === true;
  }

  /** Channels with somebody in them. */
  get occupied(): readonly string[] {
    return [...this.#channels.keys()];
  }

  facts(name: string): ChannelFacts {
    return { subscriptionCount: this.#channels.get(name)?.peers.size ?? 0, userCount: this.usersOf(name).length };
  }

  usersOf(name: string): readonly string[] {
    return this.#channels.get(name)?.presence.userIds ?? [];
  }

  /** Who a connection is in a presence channel. */
  userIn(name: string, socketId: string): string | undefined {
    return this.#channels.get(name)?.presence.userOf(socketId);
  }

  #sendAll({ peers }: Channel, frame: string, exceptSocketId?: string): number {
    let count = 0;
    for (const [socketId, peer] of peers) {
      if (socketId === exceptSocketId) continue;
      peer.send(frame);
      count += 1;
    }
    return count;
  }
}
