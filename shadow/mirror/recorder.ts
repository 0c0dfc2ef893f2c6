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
import type { Observation, Outcome } from "../core/types.ts";
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

export type RecorderParts = {
  readonly ledger: LedgerBuffer;
  readonly drifts: DriftBuffer;
  readonly evidence: EvidenceBuffer;
  readonly fields: FieldBuffer;
  readonly redactKey: string;
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

  constructor(parts: RecorderParts) {
    this.#ledger = parts.ledger;
    this.#drifts = parts.drifts;
    this.#evidence = parts.evidence;
    this.#fields = parts.fields;
    this.#redactor = createRedactor({ key: parts.redactKey, classOf: formatOf });
    this.#redactKey = parts.redactKey;
  }

  record(exchange: Exchange, endpoint: Endpoint, decision: Decision): void {
    const { minuteMs } = exchange;
    if (decision.outcome === "notComparable" && decision.reason !== undefined)
      this.#ledger.cover(endpoint.id, minuteMs, { dimension: "notComparable", value: decision.reason });
    if (decision.candidate !== undefined) this.#ledger.latency(endpoint.id, minuteMs, decision.candidate);
    const isFailed = decision.outcome === "candidateError" || decision.outcome === "candidateTimeout";
    if (isFailed || decision.candidate !== undefined)
      this.#ledger.cover(endpoint.id, minuteMs, { dimension: `call:${exchange.candidate}`, value: isFailed ? "failed" : "answered" });
    if (!JUDGED.has(decision.outcome)) return;
    this.#cover(exchange, endpoint, decision);
    const fingerprints = this.#recordDrifts(exchange, endpoint, decision);
    const key = evidenceKey(this.#redactKey, exchange, decision.outcome);
    this.#evidence.add({ endpoint: endpoint.id, key, fingerprints, seenAtMs: Date.now() });
  }

  #cover({ request, primary, minuteMs }: Exchange, endpoint: Endpoint, { comparison, claims }: Decision): void {
    const traits = traitsOf({ status: primary.status, target: request.target, claims }, this.#redactor.identity);
    for (const trait of traits) this.#ledger.cover(endpoint.id, minuteMs, trait);
    for (const value of describeLists(comparison?.listKeys)) this.#ledger.cover(endpoint.id, minuteMs, { dimension: "list", value });
    const looks = this.#looks.get(endpoint.id) ?? 0;
    this.#looks.set(endpoint.id, looks + 1);
    if (looks < FIRST_LOOKS || looks % LOOK_EVERY === 0) this.#lookAt(primary, endpoint, minuteMs);
  }

  #lookAt({ body, headers }: Observation, endpoint: Endpoint, minuteMs: number): void {
    if (body.kind !== "bytes" || !isJsonType(headerValues(headers, "content-type")?.[0])) return;
    const document = parseJson(body.bytes);
    if (!document.ok) return;
    const today = new Date().toISOString().slice(0, 10);
    const { compared, asserted, paths } = countFields(document.value, activeRules(endpoint.spec.rules, today));
    this.#ledger.count(endpoint.id, minuteMs, "comparedFields", compared);
    this.#ledger.count(endpoint.id, minuteMs, "assertedFields", asserted);
    this.#fields.count(endpoint.id, paths, Date.now());
    this.#ledger.cover(endpoint.id, minuteMs, { dimension: "shape", value: shapeHash(document.value) });
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
