import { createHmac } from "node:crypto";
import type { Exchange } from "../core/exchange.ts";
import type { Body, Outcome } from "../core/types.ts";

const KEY_LENGTH = 32;

/**
 * What makes two comparisons one piece of evidence: the same request got the same answer from the primary. Where the answer
 * holds values that vary with every read (`noise`), one piece per request and minute. Keyed: a target may name a person.
 */
export function evidenceKey(secret: string, { request, primary, minuteMs }: Exchange, outcome: Outcome): string {
  const hash = createHmac("sha256", secret).update(`${request.method} ${request.target}\n${primary.status}\n`);
  if (outcome === "noise" || outcome === "raced") hash.update(String(minuteMs));
  else hash.update(contentOf(primary.body));
  return hash.digest("hex").slice(0, KEY_LENGTH);
}

function contentOf(body: Body): string | Uint8Array {
  switch (body.kind) {
    case "none":
      return "";
    case "bytes":
      return body.bytes;
    case "digest":
    case "corrupt":
      return body.sha256;
  }
}
