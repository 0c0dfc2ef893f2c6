import { randomUUID } from "node:crypto";
import type { ShadowConfig } from "./config.ts";
import { minuteOf } from "./core/exchange.ts";
import { Sampler } from "./core/sampler.ts";
import { claimsOf, credentialOf } from "./core/subject.ts";
import { describeSend } from "./proxy/send-description.ts";
import type { SendEvents } from "./proxy/send-types.ts";
import type { ShadowSide } from "./shadow-side.ts";

const UNSUPPORTED_TYPE = 415;

export type SendShadowingOptions = { readonly config: ShadowConfig; readonly hasSecret: boolean; readonly side: () => ShadowSide };

/**
 * A send is never mirrored as a send. Once legacy has answered it, nest is asked what it would have said, and the two answers
 * go the way of all comparisons. Without its key: with it, nest could find the very row that legacy has just written.
 */
export function createSendShadowing({ config, hasSecret, side }: SendShadowingOptions): SendEvents["onAnswered"] {
  const { sends: target, unknowable = [] } = config.shadowing;
  const sampler = new Sampler();
  return ({ send, answer, tookMs, form }) => {
    const { roles, match, headers } = send;
    const { id, mirror } = match.endpoint;
    if (target === undefined || !hasSecret || roles.candidate !== "nest") return;
    // A dry run is told fields, not the type they came in: what was refused for its type cannot be asked about.
    if (answer.status === UNSUPPORTED_TYPE) return;
    const asked = describeSend(send, form);
    if (asked === undefined) return; // nothing that a dry run can be asked about
    const minuteMs = minuteOf(Date.now());
    const claims = claimsOf(credentialOf(headers, config.subject.cookies), config.subject);
    const traffic = { status: answer.status, target: send.target, claims };
    const read = { endpointId: id, minuteMs, primary: roles.primary, tookMs, traffic };
    if (!sampler.isDrawn(id, mirror.sample)) return side().onRead({ ...read, outcome: "sampledOut" });
    const accepted = side().offer(answer.body.length, () => ({
      id: randomUUID(),
      endpointId: id,
      stage: roles.stage,
      candidate: "nest",
      request: { method: "POST", target: send.target, candidateTarget: target },
      headers,
      primary: { system: roles.primary, status: answer.status, headers: answer.headers, body: ownBytes(answer.body), tookMs },
      startedAtMs: Date.now() - tookMs,
      minuteMs,
      dryRun: { target, body: Buffer.from(JSON.stringify({ endpoint: id, ...asked })), unknowable },
    }));
    return side().onRead({ ...read, outcome: accepted ? undefined : "shed" });
  };
}

/** Bodies travel to the comparator by being moved: it gets one of its own. */
const ownBytes = (bytes: Uint8Array): { readonly kind: "bytes"; readonly bytes: Uint8Array } => ({ kind: "bytes", bytes: new Uint8Array(bytes) });
