import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { BodyCollector } from "../../lib/body-collector.ts";
import { candidateTarget, type Endpoint, type EndpointMatch, type EndpointTable } from "../core/endpoint.ts";
import { minuteOf, type Exchange, type WriteMark } from "../core/exchange.ts";
import type { Roles } from "../core/roles.ts";
import { Sampler } from "../core/sampler.ts";
import type { Claims, SubjectOptions } from "../core/subject.ts";
import type { Traffic } from "../core/traits.ts";
import type { HeaderList, Outcome, System } from "../core/types.ts";
import { admit } from "./admission.ts";
import { answerFailure, describeFailure, describeRefusal } from "./answer-failure.ts";
import { ClaimsCache } from "./claims-cache.ts";
import { forward, hasBody, type Forwarded, type Forwarding } from "./forward.ts";
import { endToEnd, forwardable, pairs } from "./headers.ts";
import type { SendHandling, SendRequest } from "./send-types.ts";
import { needsPlainClient, type PlainClient } from "./plain-client.ts";

/** What serving needs from the rest of the proxy. Everything on the shadow side is told, never asked and never awaited. */
export type ServeParts = {
  readonly table: EndpointTable;
  readonly dispatchers: Readonly<Record<System, Dispatcher>>;
  /** For the few requests that the dispatchers cannot send. */
  readonly plainClients: Readonly<Record<System, PlainClient>>;
  readonly subject: SubjectOptions;
  readonly defaultFamily: string;
  /** `claims` is asked only where the subject matters. */
  readonly rolesOf: (family: string, claims: () => Claims) => Roles;
  /** A read that nest cannot answer is asked of legacy once, in these families. */
  readonly fallsBack: (family: string) => boolean;
  readonly fallbackAfterMs: number;
  /** Makes sends happen once. */
  readonly send: (send: SendRequest) => Promise<SendHandling>;
  readonly events: ServeEvents;
};

export type ServeEvents = {
  /** An eligible read has ended. `outcome` when it will not be compared, with the reason. */
  readonly onRead: (read: ReadEnd) => void;
  /** True when the exchange was accepted for comparison; it is made only then. */
  readonly offer: (bodyBytes: number, make: () => Exchange) => boolean;
  readonly onWrite: (mark: WriteMark) => void;
  readonly onServed: (served: Served) => void;
  /** Nest gave no answer and legacy was asked in its place. */
  readonly onFallback: (fallback: { readonly endpointId: string; readonly error: Error }) => void;
  readonly onPrimaryError: (failure: {
    readonly endpointId: string;
    readonly family: string;
    readonly system: System;
    readonly code: string;
    readonly requestId: string;
    readonly cause: Error;
  }) => void;
};

export type Served = {
  readonly endpointId: string;
  readonly family: string;
  readonly system: System;
  readonly status: number;
  readonly tookMs: number;
};

export type ReadEnd = {
  readonly endpointId: string;
  readonly minuteMs: number;
  readonly primary: System;
  readonly tookMs: number | undefined;
  /** Which kinds of traffic the read belongs to; undefined when it was not answered. */
  readonly traffic: Traffic | undefined;
  readonly outcome: Outcome | undefined;
  readonly reason?: string;
};

const NO_ENDPOINT = "default";

/** Answers every client from the system that owns the endpoint, and hands eligible reads to the shadow side afterwards. */
export class Server {
  readonly #parts: ServeParts;
  readonly #sampler = new Sampler();
  readonly #claims: ClaimsCache;

  constructor(parts: ServeParts) {
    this.#parts = parts;
    this.#claims = new ClaimsCache(parts.subject);
  }

  /** `sentTarget` is the request target as the client sent it; `fromClient` what follows a handshake that upgrades. */
  async handle(request: IncomingMessage, sentTarget: string, response: ServerResponse, fromClient?: Readable): Promise<void> {
    const admission = admit({ httpVersion: request.httpVersion, target: sentTarget, rawHeaders: request.rawHeaders });
    if (admission.kind === "refused") {
      response.shouldKeepAlive = false; // what follows on the connection may be part of the same trick
      return answerFailure(response, describeRefusal(request, admission));
    }
    const { target } = admission;
    const method = request.method ?? "GET";
    const match = this.#parts.table.find(method, target);
    const endpointId = match?.endpoint.id ?? NO_ENDPOINT;
    const family = match?.endpoint.family ?? this.#parts.defaultFamily;
    const headers = forwardable(endToEnd(pairs(request.rawHeaders)));
    const roles = this.#parts.rolesOf(family, () => this.#claims.of(headers));
    if (match?.endpoint.class === "send" && (await this.#parts.send({ request, response, match, target, headers, roles })) === "handled")
      return this.#noteWrite(match.endpoint, headers);
    const isEligible = match !== undefined && roles.candidate !== undefined && isRead(match.endpoint);
    const isDrawn = isEligible && this.#sampler.isDrawn(endpointId, match.endpoint.mirror.sample);
    const tee = isDrawn ? new BodyCollector(match.endpoint.class === "stream" ? 0 : match.endpoint.capture.maxBytes) : undefined;
    const startedAtMs = Date.now();
    const call = (system: System, more: Pick<Forwarding, "tee" | "giveUp">): Promise<Forwarded> => {
      const { dispatchers, plainClients } = this.#parts;
      const dispatcher = needsPlainClient(request, target) ? plainClients[system](request) : dispatchers[system];
      return forward({ dispatcher, request, response, target: targetFor(system, match, target), headers, fromClient, ...more });
    };
    const giveUp = this.#mayFallBack(roles, match, request) ? { statuses: GATEWAY_STATUSES, afterMs: this.#parts.fallbackAfterMs } : undefined;
    const ended = await call(roles.primary, { tee, giveUp });
    const served = { endpointId, family, system: roles.primary };
    if (giveUp !== undefined && ended.kind === "failed" && ended.isUnanswered) {
      this.#parts.events.onFallback({ endpointId, error: ended.error });
      this.#settle(await call("legacy", { tee: undefined }), { ...served, system: "legacy" }, { request, response });
      this.#parts.events.onPrimaryError({ ...served, ...describeFailure(request, ended.error) });
    } else this.#settle(ended, served, { request, response });
    if (isEligible) this.#endRead({ match, roles, ended, tee, startedAtMs, method, target, headers, isBodied: hasBody(request) });
    else if (match !== undefined && !isRead(match.endpoint)) this.#noteWrite(match.endpoint, headers);
  }

  #endRead(read: {
    match: EndpointMatch;
    roles: Roles;
    ended: Forwarded;
    tee: BodyCollector | undefined;
    startedAtMs: number;
    method: string;
    target: string;
    headers: HeaderList;
    isBodied: boolean;
  }): void {
    const { match, roles, ended, tee, startedAtMs } = read;
    const { events } = this.#parts;
    const minuteMs = minuteOf(Date.now());
    const isAnswered = ended.kind === "answered";
    const end = {
      endpointId: match.endpoint.id,
      minuteMs,
      primary: roles.primary,
      tookMs: isAnswered ? ended.tookMs : undefined,
      traffic: isAnswered ? { status: ended.status, target: read.target, claims: this.#claims.of(read.headers) } : undefined,
    };
    if (ended.kind === "failed") return events.onRead({ ...end, outcome: "primaryError" });
    if (ended.kind === "client-gone") return events.onRead({ ...end, outcome: "notComparable", reason: "client went away" });
    if (ended.kind === "upgraded") return events.onRead({ ...end, outcome: "notComparable", reason: "connection upgraded" });
    // The body of a read is streamed to the primary and not kept: the same question cannot be put again.
    if (read.isBodied) return events.onRead({ ...end, outcome: "notComparable", reason: "request with a body" });
    if (tee === undefined || roles.candidate === undefined) return events.onRead({ ...end, outcome: "sampledOut" });
    const { candidate } = roles;
    const make = (): Exchange => ({
      id: randomUUID(),
      endpointId: match.endpoint.id,
      stage: roles.stage,
      candidate,
      request: { method: read.method, target: read.target, candidateTarget: candidateTarget(match, read.target) },
      headers: read.headers,
      primary: { system: roles.primary, status: ended.status, headers: ended.headers, body: tee.finish(), tookMs: ended.tookMs },
      startedAtMs,
      minuteMs,
    });
    events.onRead({ ...end, outcome: events.offer(tee.heldBytes, make) ? undefined : "shed" });
  }

  #noteWrite(endpoint: Endpoint, headers: HeaderList): void {
    const { tenant } = this.#claims.of(headers);
    this.#parts.events.onWrite({ tenant, family: endpoint.family, atMs: Date.now() });
  }

  /** Reads without a body that nest should answer, while legacy still can. */
  #mayFallBack({ primary, stage }: Roles, match: EndpointMatch | undefined, request: IncomingMessage): boolean {
    if (match === undefined || primary !== "nest" || stage === "retired") return false;
    return isRead(match.endpoint) && !hasBody(request) && this.#parts.fallsBack(match.endpoint.family);
  }

  /** Tells what became of the answer; when there is none, the client gets one of the proxy's own, with a code and the request id. */
  #settle(ended: Forwarded, served: Omit<Served, "status" | "tookMs">, { request, response }: Connection): void {
    if (ended.kind === "answered" || ended.kind === "upgraded")
      this.#parts.events.onServed({ ...served, status: ended.status, tookMs: ended.tookMs });
    if (ended.kind !== "failed") return;
    const failure = describeFailure(request, ended.error);
    this.#parts.events.onPrimaryError({ ...served, ...failure });
    if (ended.isUnanswered) answerFailure(response, failure);
  }
}

type Connection = { readonly request: IncomingMessage; readonly response: ServerResponse };

/** What a gateway in front of nest says when nest is not there. */
const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 504]);

function isRead(endpoint: Endpoint): boolean {
  return endpoint.class === "read" || endpoint.class === "stream";
}

function targetFor(system: System, match: EndpointMatch | undefined, target: string): string {
  return system === "nest" && match !== undefined ? candidateTarget(match, target) : target;
}
