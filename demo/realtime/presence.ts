/** Somebody in a presence channel. */
export type Member = { readonly userId: string; readonly userInfo: unknown };

/** Who is in one presence channel. A user may be there with several connections, and is there once. */
export class Presence {
  readonly #members = new Map<string, { readonly info: unknown; readonly sockets: Set<string> }>();
  readonly #userOf = new Map<string, string>();

  /** True when the user was not there before. */
  join(socketId: string, { userId, userInfo }: Member): boolean {
    const known = this.#members.get(userId);
    this.#userOf.set(socketId, userId);
    known?.sockets.add(socketId);
    if (known === undefined) this.#members.set(userId, { info: userInfo, sockets: new Set([socketId]) });
    return known === undefined;
  }

  /** The user who has gone with this connection; undefined when somebody stays. */
  leave(socketId: string): string | undefined {
    const userId = this.#userOf.get(socketId);
    if (userId === undefined) return undefined;
    this.#userOf.delete(socketId);
    const sockets = this.#members.get(userId)?.sockets;
    sockets?.delete(socketId);
    if (sockets === undefined || sockets.size > 0) return undefined;
    this.#members.delete(userId);
    return userId;
  }

  userOf(socketId: string): string | undefined {
    return this.#userOf.get(socketId);
  }

  get userIds(): string[] {
    return [...this.#members.keys()];
  }

  /** As a new member is told. */
  get roll(): { readonly presence: { readonly count: number; readonly ids: readonly string[]; readonly hash: Readonly<Record<string, unknown>> } } {
    const hash = Object.fromEntries([...this.#members].map(([userId, { info }]) => [userId, info]));
    return { presence: { count: this.#members.size, ids: this.userIds, hash } };
  }
}
