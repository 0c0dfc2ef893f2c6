import { FlipMemory } from "../core/emissions/flip-memory.ts";
import { RetryMemory } from "../core/emissions/retry-memory.ts";
import type { Claims } from "../core/subject.ts";
import type { System } from "../core/types.ts";
import { factsOf } from "../core/emissions/business-key.ts";
import type { EmissionsConfigPart } from "./emissions-config.ts";
import { attemptIdOf, membersOf, tenantOf } from "./payload.ts";
import type { TriggeredEvent } from "./trigger.ts";

export type OwnerOf = (family: string, claims: () => Claims) => System;

/** One event on one channel: does it go to the subscribers, and was it seen before? */
export type Leg = {
  readonly event: TriggeredEvent;
  readonly channel: string;
  readonly owner: System;
  readonly isForwarded: boolean;
  readonly isRetry: boolean;
};

/** Decides what goes on to the real server. In `single-writer` everything does; in `dual-writer` the owner's. */
export class Router {
  readonly #config: EmissionsConfigPart;
  readonly #ownerOf: OwnerOf;
  readonly #facts: FlipMemory;
  readonly #retries: RetryMemory;

  constructor(config: EmissionsConfigPart, ownerOf: OwnerOf) {
    this.#config = config;
    this.#ownerOf = ownerOf;
    this.#facts = new FlipMemory(config.windowMs);
    this.#retries = new RetryMemory(config.windowMs);
  }

  route(system: System, events: readonly TriggeredEvent[], atMs: number): readonly Leg[] {
    return events.flatMap((event) =>
      event.channels.map((channel) => {
        const tried = this.#retries.isEmpty
          ? undefined
          : this.#retries.take(attemptIdOf({ system, event: event.name, channel, data: event.payload }), atMs);
        const owner = tried ?? this.#decide({ system, event, channel }, atMs);
        return { event, channel, owner, isForwarded: owner === system, isRetry: tried !== undefined };
      }),
    );
  }

  /** The emitter was not told that they arrived: it will try again. */
  noteFailed(system: System, legs: readonly Leg[], atMs: number): void {
    for (const { event, channel, owner } of legs)
      this.#retries.note(attemptIdOf({ system, event: event.name, channel, data: event.payload }), { owner, atMs });
  }

  #decide({ system, event, channel }: { system: System; event: TriggeredEvent; channel: string }, atMs: number): System {
    if (this.#config.mode === "single-writer") return system;
    const spec = this.#config.specOf(event.name);
    const { key } = factsOf({ system, event: event.name, channel, data: event.payload, atMs }, spec, []);
    const claims = (): Claims => ({ tenant: tenantOf(membersOf(event.payload), this.#config.tenantMember), user: undefined, role: undefined });
    return this.#facts.ownerOf(`${channel}\n${key}`, { system, atMs }, () => this.#ownerOf(spec.family, claims));
  }
}
