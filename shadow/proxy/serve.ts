import { randomUUID } from "node:crypto";
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import { BodyCollector } from "../../lib/body-collector.ts";
import { HEADER } from "../../lib/wire.ts";
import { candidateTarget, type Endpoint, type EndpointMatch, type EndpointTable } from "../core/endpoint.ts";
import { minuteOf, type Exchange, type WriteMark } from "../core/exchange.ts";
import type { Roles } from "../core/roles.ts";
import { Sampler } from "../core/sampler.ts";
import { claimsOf, credentialOf, type SubjectOptions } from "../core/subject.ts";
import type { HeaderList, Outcome, System } from "../core/types.ts";
import { forward, hasBody, type Forwarded } from "./forward.ts";
import { endToEnd, forwardable } from "./headers.ts";
import { toProxyError } from "./proxy-errors.ts";

/** What serving needs from the rest of the proxy. Everything on the shadow side is told, never asked and never awaited. */
export type ServeParts = {
  readonly table: EndpointTable;
  readonly dispatchers: Readonly<Record<System, Dispatcher>>;
  readonly subject: SubjectOptions;
  readonly defaultFamily: string;
  readonly rolesOf: (family: string) => Roles;
  readonly events: ServeEvents;
};

export type ServeEvents = {
  /** An eligible read has ended. `outcome` when it will not be compared, with the reason. */
  readonly onRead: (read: ReadEnd) => void;
  /** True when the exchange was accepted for comparison. */
  readonly offer: (exchange: Exchange) => boolean;
  readonly onWrite: (mark: WriteMark) => void;
  readonly onServed: (served: { readonly endpointId: string; readonly system: System; readonly status: number }) => void;
  readonly onPrimaryError: (failure: {
    readonly endpointId: string;
    readonly code: string;
    readonly requestId: string;
    readonly error: Error;
  }) => void;
};

export type ReadEnd = {
  readonly endpointId: string;
  readonly minuteMs: number;
  readonly primary: System;
  readonly tookMs: number | undefined;
  readonly outcome: Outcome | undefined;
  readonly reason?: string;
};

const NO_ENDPOINT = "default";
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Answers every client from the system that owns the endpoint, and hands eligible reads to the shadow side afterwards. */
export class Server {
  readonly #parts: ServeParts;
  readonly #sampler = new Sampler();

  constructor(parts: ServeParts) {
    this.#parts = parts;
  }

  /** `target` is the request target as the client sent it. */
  async handle(request: IncomingMessage, target: string, response: ServerResponse): Promise<void> {
    const method = request.method ?? "GET";
    const match = this.#parts.table.find(method, target);
    const endpointId = match?.endpoint.id ?? NO_ENDPOINT;
    const roles = this.#parts.rolesOf(match?.endpoint.family ?? this.#parts.defaultFamily);
    const headers = forwardable(endToEnd(request.rawHeaders));
    const isEligible = match !== undefined && roles.candidate !== undefined && isRead(match.endpoint);
    const isDrawn = isEligible && this.#sampler.isDrawn(endpointId, match.endpoint.mirror.sample);
    const tee = isDrawn ? new BodyCollector(match.endpoint.class === "stream" ? 0 : match.endpoint.capture.maxBytes) : undefined;
    const startedAtMs = Date.now();
    const dispatcher = this.#parts.dispatchers[roles.primary];
    const ended = await forward({ dispatcher, request, response, target: targetFor(roles.primary, match, target), headers, tee });
    this.#answerFailure(ended, { request, response, endpointId });
    if (ended.kind === "answered") this.#parts.events.onServed({ endpointId, system: roles.primary, status: ended.status });
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
    const end = { endpointId: match.endpoint.id, minuteMs, primary: roles.primary, tookMs: ended.kind === "answered" ? ended.tookMs : undefined };
    if (ended.kind === "failed") return events.onRead({ ...end, outcome: "primaryError" });
    if (ended.kind === "client-gone") return events.onRead({ ...end, outcome: "notComparable", reason: "client went away" });
    // The body of a read is streamed to the primary and not kept: the same question cannot be put again.
    if (read.isBodied) return events.onRead({ ...end, outcome: "notComparable", reason: "request with a body" });
    if (tee === undefined || roles.candidate === undefined) return events.onRead({ ...end, outcome: "sampledOut" });
    const exchange: Exchange = {
      id: randomUUID(),
      endpointId: match.endpoint.id,
      stage: roles.stage,
      candidate: roles.candidate,
      request: { method: read.method, target: read.target, candidateTarget: candidateTarget(match, read.target) },
      headers: read.headers,
      primary: { system: roles.primary, status: ended.status, headers: ended.headers, body: tee.finish(), tookMs: ended.tookMs },
      startedAtMs,
      minuteMs,
    };
    events.onRead({ ...end, outcome: events.offer(exchange) ? undefined : "shed" });
  }

  #noteWrite(endpoint: Endpoint, headers: HeaderList): void {
    const { tenant } = claimsOf(credentialOf(headers, this.#parts.subject.cookies), this.#parts.subject);
    this.#parts.events.onWrite({ tenant, family: endpoint.family, atMs: Date.now() });
  }

  /** The primary did not answer: one of the proxy's own answers, with a code and the request id. */
  #answerFailure(
    ended: Forwarded,
    { request, response, endpointId }: { request: IncomingMessage; response: ServerResponse; endpointId: string },
  ): void {
    if (ended.kind !== "failed") return;
    const failure = toProxyError(ended.error);
    const given = request.headers[HEADER.requestId];
    const requestId = typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
    this.#parts.events.onPrimaryError({ endpointId, code: failure.code, requestId, error: ended.error });
    if (!ended.isUnanswered) return;
    const body = JSON.stringify({ error: failure.error, code: failure.code, details: requestId });
    response.writeHead(failure.status, STATUS_CODES[failure.status], {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "cache-control": "no-store",
      [HEADER.requestId]: requestId,
    });
    response.end(body);
  }
}

function isRead(endpoint: Endpoint): boolean {
  return endpoint.class === "read" || endpoint.class === "stream";
}

function targetFor(system: System, match: EndpointMatch | undefined, target: string): string {
  return system === "nest" && match !== undefined ? candidateTarget(match, target) : target;
}
