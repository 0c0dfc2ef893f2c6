import { createRedactor, type Redactor } from "../../lib/redact.ts";
import type { ListKeys } from "../core/align.ts";
import { countFields, shapeHash } from "../core/document-facts.ts";
import { EndpointTable, type Endpoint } from "../core/endpoint.ts";
import { minuteOf, type Exchange } from "../core/exchange.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { parseJson } from "../core/json/parse-json.ts";
import { headerValues, isJsonType } from "../core/media-type.ts";
import { activeRules } from "../core/rules.ts";
import { formatOf } from "../core/shape.ts";
import type { Json, Observation, Outcome } from "../core/types.ts";
import type { DriftBuffer } from "../store/drift-buffer.ts";
import type { EvidenceBuffer } from "../store/evidence-buffer.ts";
import type { FieldBuffer } from "../store/field-buffer.ts";
import type { LedgerBuffer } from "../store/ledger-buffer.ts";
import type { Decision } from "./comparator.ts";
import { evidenceKey } from "./evidence-key.ts";
import { toExemplar, varietyOf } from "./exemplar.ts";
import { orient } from "./re-read.ts";
import { traitsOf } from "../core/traits.ts";

/** Documents are looked at whole for coverage this often, after the first few of an endpoint. */
const LOOK_EVERY = 20;
const FIRST_LOOKS = 20;
/** Shapes that production showed and no comparison has judged; beyond it they are not told apart. */
const MAX_UNJUDGED_SHAPES = 100;
/** A version, a commit, a tag; anything else is not kept. */
const BUILD = /^[\w.+:/-]{1,64}$/;

export type RecorderParts = {
  readonly ledger: LedgerBuffer;
  readonly drifts: DriftBuffer;
  readonly evidence: EvidenceBuffer;
  readonly fields: FieldBuffer;
  readonly redactKey: string;
  /** The response header in which each system names its build, when there is one. */
  readonly buildHeader: string | undefined;
};

/** What was really judged: only this covers a kind of traffic, and only this is evidence. */
const JUDGED: ReadonlySet<Outcome> = new Set<Outcome>(["matched", "equivalent", "drift", "noise", "raced"]);

/** Turns decisions into coverage, latencies and redacted records of drift. Nothing raw passes. The outcome itself is counted by the proxy. */
export class Recorder {
  readonly #ledger: LedgerBuffer;
  readonly #drifts: DriftBuffer;
  readonly #evidence: EvidenceBuffer;
  readonly #fields: FieldBuffer;
  readonly #redactor: Redactor;
  readonly #redactKey: string;
  readonly #templates = new Map<string, EndpointTable>();
  readonly #looks = new Map<string, number>();
  readonly #buildHeader: string | undefined;
  /** By endpoint: what to look out for among the judged. */
  readonly #unjudgedShapes = new Map<string, Set<string>>();

  constructor(parts: RecorderParts) {
    this.#ledger = parts.ledger;
    this.#drifts = parts.drifts;
    this.#evidence = parts.evidence;
    this.#fields = parts.fields;
    this.#redactor = createRedactor({ key: parts.redactKey, classOf: formatOf });
    this.#redactKey = parts.redactKey;
    this.#buildHeader = parts.buildHeader;
  }

  record(exchange: Exchange, endpoint: Endpoint, decision: Decision): void {
    const { minuteMs } = exchange;
    if (decision.outcome === "notComparable" && decision.reason !== undefined)
      this.#ledger.cover(endpoint.id, minuteMs, { dimension: "notComparable", value: decision.reason });
    if (decision.candidate !== undefined) this.#ledger.latency(endpoint.id, minuteMs, decision.candidate);
    const isFailed = decision.outcome === "candidateError" || decision.outcome === "candidateTimeout";
    if (isFailed || decision.candidate !== undefined)
      this.#ledger.cover(endpoint.id, minuteMs, { dimension: `call:${exchange.candidate}`, value: isFailed ? "failed" : "answered" });
    if (!JUDGED.has(decision.outcome)) return this.#noteUnjudged(exchange, endpoint);
    this.#cover(exchange, endpoint, decision);
    const fingerprints = this.#recordDrifts(exchange, endpoint, decision);
    const key = evidenceKey(this.#redactKey, exchange, decision.outcome);
    this.#evidence.add({ endpoint: endpoint.id, key, fingerprints, seenAtMs: Date.now() });
  }

  /** Production showed this, and nothing could be said of it. */
  #noteUnjudged({ primary, minuteMs }: Exchange, endpoint: Endpoint): void {
    const document = documentOf(primary);
    const shapes = this.#unjudgedShapes.get(endpoint.id) ?? new Set();
    if (document === undefined || shapes.size >= MAX_UNJUDGED_SHAPES) return;
    const shape = shapeHash(document);
    this.#unjudgedShapes.set(endpoint.id, shapes.add(shape));
    this.#ledger.cover(endpoint.id, minuteMs, { dimension: "seen:shape", value: shape });
  }

  #cover({ request, primary, minuteMs }: Exchange, endpoint: Endpoint, { comparison, claims, candidate }: Decision): void {
    const traits = traitsOf({ status: primary.status, target: request.target, claims }, this.#redactor.identity);
    for (const trait of traits) this.#ledger.cover(endpoint.id, minuteMs, trait);
    for (const value of describeLists(comparison?.listKeys)) this.#ledger.cover(endpoint.id, minuteMs, { dimension: "list", value });
    for (const observation of [primary, candidate]) this.#coverBuild(observation, endpoint, minuteMs);
    const looks = this.#looks.get(endpoint.id) ?? 0;
    this.#looks.set(endpoint.id, looks + 1);
    const isSought = (this.#unjudgedShapes.get(endpoint.id)?.size ?? 0) > 0;
    if (looks < FIRST_LOOKS || looks % LOOK_EVERY === 0 || isSought) this.#lookAt(primary, endpoint, minuteMs);
  }

  #coverBuild(observation: Observation | undefined, endpoint: Endpoint, minuteMs: number): void {
    if (observation === undefined || this.#buildHeader === undefined) return;
    const value = headerValues(observation.headers, this.#buildHeader)?.[0];
    if (value !== undefined && BUILD.test(value)) this.#ledger.cover(endpoint.id, minuteMs, { dimension: `build:${observation.system}`, value });
  }

  #lookAt(primary: Observation, endpoint: Endpoint, minuteMs: number): void {
    const document = documentOf(primary);
    if (document === undefined) return;
    const today = new Date().toISOString().slice(0, 10);
    const { compared, asserted, paths } = countFields(document, activeRules(endpoint.spec.rules, today));
    this.#ledger.count(endpoint.id, minuteMs, "comparedFields", compared);
    this.#ledger.count(endpoint.id, minuteMs, "assertedFields", asserted);
    this.#fields.count(endpoint.id, paths, Date.now());
    const shape = shapeHash(document);
    this.#unjudgedShapes.get(endpoint.id)?.delete(shape);
    this.#ledger.cover(endpoint.id, minuteMs, { dimension: "shape", value: shape });
  }

  /** Each drift once per exchange, however many rows show it. Answers their fingerprints. */
  #recordDrifts(exchange: Exchange, endpoint: Endpoint, { drifts, candidate, claims }: Decision): readonly string[] {
    if (candidate === undefined) return [];
    const nowMs = Date.now();
    const seen = new Map<string, (typeof drifts)[number]>();
    for (const drift of drifts) {
      const id = fingerprint({ kind: "http", name: endpoint.id }, drift.difference);
      const known = seen.get(id);
      if (known === undefined || (known.isIntermittent && !drift.isIntermittent)) seen.set(id, drift);
    }
    for (const [id, { difference, isIntermittent }] of seen) {
      const { path, kind, legacyShape, nestShape } = difference;
      this.#drifts.add({
        fingerprint: id,
        subject: "http",
        endpoint: endpoint.id,
        path,
        kind,
        legacyShape,
        nestShape,
        isIntermittent,
        seenAtMs: nowMs,
        minuteMs: minuteOf(nowMs),
      });
      const instance = { exchange, template: this.#templateOf(exchange, endpoint), pair: orient(exchange.primary, candidate), difference, claims };
      const verdict = isIntermittent ? "intermittent drift" : "drift";
      const variety = varietyOf({ ...instance, verdict }, this.#redactor);
      if (!this.#drifts.wantsExemplar(id, variety, nowMs)) continue;
      this.#drifts.addExemplar({ fingerprint: id, variety, seenAtMs: nowMs, data: toExemplar({ ...instance, verdict }, this.#redactor) });
    }
    return [...seen.keys()];
  }

  /** Of several templates of an endpoint the one that was asked for. */
  #templateOf({ request }: Exchange, endpoint: Endpoint): string {
    const table = this.#templates.get(endpoint.id) ?? new EndpointTable([endpoint]);
    this.#templates.set(endpoint.id, table);
    return table.find(request.method, request.target)?.template ?? "";
  }
}

/** `$.contacts=key id`, once however many lists of one template were matched alike. */
function describeLists(lists: ListKeys = new Map()): ReadonlySet<string> {
  return new Set([...lists.values()].map(({ template, matching }) => `${template}=${matching.by === "key" ? `key ${matching.key}` : matching.by}`));
}

/** The JSON of an answer; undefined for anything else. */
function documentOf({ body, headers }: Observation): Json | undefined {
  if (body.kind !== "bytes" || !isJsonType(headerValues(headers, "content-type")?.[0])) return undefined;
  const document = parseJson(body.bytes);
  return document.ok ? document.value : undefined;
}
