import type { IncomingMessage, ServerResponse } from "node:http";
import type { System } from "../core/types.ts";
import type { Emission } from "../core/emissions/emission.ts";
import type { ForwardAnswer, Forwarder } from "./forwarder.ts";
import { refusalOf, type RealtimeApp } from "./pusher-signature.ts";
import { readBody } from "./read-body.ts";
import type { Leg, Router } from "./router.ts";
import { MAX_BODY_BYTES, parseTrigger, type TriggeredEvent } from "./trigger.ts";

export type TapEvents = {
  /** Never throws, never waits. */
  readonly onCaptured: (emission: Emission) => void;
  /** The real server did not take what it was told. */
  readonly onTrouble: () => void;
  /** What became of a call: `forwarded`, `kept`, `failed`, or why it was refused. */
  readonly onCall: (system: System | "unknown", result: string) => void;
  readonly onError: (error: unknown) => void;
};

export type TapOptions = {
  readonly apps: Readonly<Partial<Record<System, RealtimeApp>>>;
  readonly router: Router;
  /** undefined: what is captured goes nowhere. */
  readonly forwarder: Forwarder | undefined;
  readonly events: TapEvents;
};

const TARGET = /^\/apps\/([^/?]+)(\/[^?]*)(?:\?(.*))?$/;
const TRIGGERS: Readonly<Record<string, boolean>> = { "/events": false, "/batch_events": true };
const NOTHING = Buffer.from("{}");

type Known = { readonly system: System; readonly below: string; readonly query: string; readonly body: Buffer };

/** The Pusher HTTP API as emitters see it: takes what they say, hands on what is theirs to say, answers what the real server answers. */
export class Tap {
  readonly #options: TapOptions;

  constructor(options: TapOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { apps, events } = this.#options;
    const [, appId = "", below = "", query = ""] = TARGET.exec(request.url ?? "") ?? [];
    const system = (["legacy", "nest"] as const).find((each) => apps[each]?.id === appId);
    const app = system === undefined ? undefined : apps[system];
    const refuse = (status: number, error: string, result: string): void => {
      events.onCall(system ?? "unknown", result);
      answer(response, status, JSON.stringify({ error, code: status }));
    };
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === "aborted") return;
    if (body === "too long") return refuse(413, `The body should be less than ${MAX_BODY_BYTES} bytes`, "too large");
    if (system === undefined || app === undefined) return refuse(404, "The app could not be found", "unknown app");
    const call = { method: request.method ?? "", path: `/apps/${appId}${below}`, query, body };
    const refused = refusalOf(call, app, Date.now());
    if (refused !== undefined) return refuse(401, refused, "unauthorized");
    const isBatch = request.method === "POST" ? TRIGGERS[below] : undefined;
    if (isBatch === undefined) return this.#pass(request, response, { system, below, query, body });
    const parsed = parseTrigger(body, isBatch);
    if (parsed.kind === "refused") return refuse(parsed.status, parsed.error, parsed.status === 413 ? "too large" : "malformed");
    return this.#trigger(response, { system, below, query, body }, parsed.events);
  }

  async #trigger(response: ServerResponse, known: Known, triggered: readonly TriggeredEvent[]): Promise<void> {
    const { router, forwarder, events } = this.#options;
    const { system } = known;
    const atMs = Date.now();
    const legs = this.#route(system, triggered, atMs);
    this.#capture(system, legs, atMs);
    response.on("close", () => {
      // An emitter that did not get the answer tries again.
      if (!response.writableFinished || response.statusCode >= 500) router.noteFailed(system, legs, Date.now());
    });
    const sent = legs.filter(({ isForwarded }) => isForwarded);
    if (forwarder === undefined || sent.length === 0) {
      events.onCall(system, "kept");
      return answer(response, 200, NOTHING);
    }
    const body = sent.length === legs.length ? known.body : bodyOf(sent, known.below);
    const channels = [...new Set(sent.map(({ channel }) => channel))];
    const outcome = await forwarder.forward({ ...known, method: "POST", body, channels, isAbandoned: () => response.destroyed });
    if (outcome.kind === "failed" || outcome.status >= 500) events.onTrouble();
    return this.#relay(response, system, outcome);
  }

  /** When nobody can say whose it is, it goes on: lost would be worse than twice. */
  #route(system: System, triggered: readonly TriggeredEvent[], atMs: number): readonly Leg[] {
    try {
      return this.#options.router.route(system, triggered, atMs);
    } catch (error) {
      this.#options.events.onError(error);
      return triggered.flatMap((event) => event.channels.map((channel) => ({ event, channel, owner: system, isForwarded: true, isRetry: false })));
    }
  }

  /** Questions about channels and all else that emitters ask of the real server. */
  async #pass({ method = "" }: IncomingMessage, response: ServerResponse, { system, ...call }: Known): Promise<void> {
    const { forwarder, events } = this.#options;
    if (forwarder === undefined) {
      events.onCall(system, "nowhere to go");
      return answer(response, 503, JSON.stringify({ error: "No real server is configured (--realtime-url)", code: 503 }));
    }
    this.#relay(response, system, await forwarder.forward({ ...call, method, channels: [], isAbandoned: () => response.destroyed }));
  }

  #relay(response: ServerResponse, system: System, outcome: ForwardAnswer): void {
    this.#options.events.onCall(system, outcome.kind === "answered" && outcome.status < 400 ? "forwarded" : "failed");
    if (outcome.kind === "answered") return answer(response, outcome.status, outcome.body, outcome.contentType);
    return answer(response, outcome.status, JSON.stringify({ error: `The real server did not answer (${outcome.reason})`, code: outcome.status }));
  }

  /** Whatever fails in here is the shadow side's own trouble: no emitter hears of it. */
  #capture(system: System, legs: readonly Leg[], atMs: number): void {
    const { onCaptured, onError } = this.#options.events;
    try {
      for (const { event, channel, isRetry } of legs) {
        if (!isRetry) onCaptured({ system, channel, event: event.name, data: event.payload, atMs });
      }
    } catch (error) {
      onError(error);
    }
  }
}

/** What is left of a body when a part of it goes on. `data` stays the text that it was. */
function bodyOf(sent: readonly Leg[], below: string): Buffer {
  const items = [...new Set(sent.map(({ event }) => event))].map((event) => {
    const { channel: _one, channels: _all, ...item } = event.item;
    const channels = sent.filter((leg) => leg.event === event).map(({ channel }) => channel);
    return below === "/batch_events" ? { ...item, channel: channels[0] } : { ...item, channels };
  });
  return Buffer.from(JSON.stringify(below === "/batch_events" ? { batch: items } : items[0]));
}

function answer(response: ServerResponse, status: number, body: string | Buffer, contentType = "application/json"): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body) }).end(body);
}
