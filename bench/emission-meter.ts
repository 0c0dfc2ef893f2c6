import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "undici";
import { WebSocket } from "ws";
import { signAgain, type RealtimeApp } from "../shadow/emissions/pusher-signature.ts";

/** Where an emitter sends what it has to say, and as whom. */
export type Way = { readonly origin: string; readonly apps: readonly RealtimeApp[] };

export type Measured = {
  readonly latenciesMs: readonly number[];
  readonly failed: number;
  readonly perSecond: number;
};

const CONNECTIONS = 64;
const CHANNELS = 50;
const EVENT = "message.received";
const TEXT = "x".repeat(400);
const TICK_MS = 1;

export const channelOf = (fact: number): string => `bench.${fact % CHANNELS}`;

/** Emitters with kept-alive connections. Each fact is told by every app of a way, `facts` are numbered on from the last call. */
export class EmissionMeter {
  readonly #pool: Pool;
  readonly #apps: readonly RealtimeApp[];
  #fact = 0;

  constructor({ origin, apps }: Way) {
    this.#pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
    this.#apps = apps;
  }

  /** One after the other. */
  async inTurn(facts: number): Promise<Measured> {
    const latenciesMs: number[] = [];
    const startedAt = performance.now();
    let failed = 0;
    for (let index = 0; index < facts; index += 1) {
      for (const app of this.#apps) {
        const sentAt = performance.now();
        if (!(await this.#emit(app, this.#fact))) failed += 1;
        latenciesMs.push(performance.now() - sentAt);
      }
      this.#fact += 1;
    }
    return { latenciesMs, failed, perSecond: (latenciesMs.length * 1_000) / (performance.now() - startedAt) };
  }

  /** So many a second whatever the answers do; an emission's latency counts from when it was due. */
  async atRate({ perSecond, seconds }: { readonly perSecond: number; readonly seconds: number }): Promise<Measured> {
    const total = perSecond * seconds;
    const latenciesMs: number[] = [];
    const running: Promise<void>[] = [];
    let failed = 0;
    const startedAt = performance.now();
    for (let sent = 0; sent < total;) {
      for (; sent < total && startedAt + (sent * 1_000) / perSecond <= performance.now(); sent += 1) {
        const dueAt = startedAt + (sent * 1_000) / perSecond;
        const app = this.#apps[sent % this.#apps.length];
        if (app === undefined) continue;
        const fact = this.#fact + Math.floor(sent / this.#apps.length);
        running.push(
          this.#emit(app, fact).then((isTaken) => {
            latenciesMs.push(performance.now() - dueAt);
            if (!isTaken) failed += 1;
          }),
        );
      }
      await delay(TICK_MS);
    }
    await Promise.all(running);
    this.#fact += Math.ceil(total / this.#apps.length);
    return { latenciesMs, failed, perSecond: (total * 1_000) / (performance.now() - startedAt) };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #emit(app: RealtimeApp, fact: number): Promise<boolean> {
    const data = { messageId: `m${fact}`, sessionId: channelOf(fact), remoteJid: `c${fact % CHANNELS}`, content: TEXT, timestamp: Date.now() };
    const body = Buffer.from(JSON.stringify({ name: EVENT, channels: [channelOf(fact)], data: JSON.stringify(data) }));
    const path = `/apps/${app.id}/events`;
    const query = signAgain({ method: "POST", path, query: "", body }, app, Date.now());
    try {
      const answer = await this.#pool.request({ method: "POST", path: `${path}?${query}`, body, headers: { "content-type": "application/json" } });
      await answer.body.dump();
      return answer.statusCode === 200;
    } catch {
      return false;
    }
  }
}

/** A subscriber of every channel that counts what it hears. */
export async function countHeard(port: number, { key }: RealtimeApp): Promise<{ readonly count: () => number; readonly close: () => void }> {
  let count = 0;
  let joined = 0;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/app/${key}?protocol=7&client=bench&version=1.0`);
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (frame) => {
      const { event } = JSON.parse((frame as Buffer).toString("utf8")) as { readonly event: string };
      if (event === EVENT) count += 1;
      else if (event === "pusher:ping") socket.send('{"event":"pusher:pong","data":{}}');
      else if (event === "pusher:connection_established") {
        for (let index = 0; index < CHANNELS; index += 1)
          socket.send(JSON.stringify({ event: "pusher:subscribe", data: { channel: channelOf(index) } }));
      } else if (event === "pusher_internal:subscription_succeeded" && (joined += 1) === CHANNELS) resolve();
    });
  });
  return { count: () => count, close: () => socket.terminate() };
}
