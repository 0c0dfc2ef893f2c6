import { z } from "zod";
import type { Emission } from "@ipnuo/domain/emission";

/** What the rows say of a captured emission. */
export type Derivation =
  /** The same event, once per channel it would go to. */
  | { readonly outcome: "derived"; readonly emissions: readonly Emission[]; readonly asOf: Date }
  /** The rows do not hold what was told. */
  | { readonly outcome: "fact-not-found"; readonly asOf: Date | null }
  /** The rows never hold it, or hold something later in its place. */
  | { readonly outcome: "not-derivable"; readonly asOf: Date | null };

export function factNotFound(asOf: Date | null = null): Derivation {
  return { outcome: "fact-not-found", asOf };
}

export function notDerivable(asOf: Date | null = null): Derivation {
  return { outcome: "not-derivable", asOf };
}

export function derived(asOf: Date, ...emissions: readonly Emission[]): Derivation {
  return { outcome: "derived", emissions, asOf };
}

/** The latest of some changes; the first one always is one. */
export function newestOf(first: Date, ...others: readonly (Date | null)[]): Date {
  return others.reduce<Date>((newest, each) => (each !== null && each > newest ? each : newest), first);
}

/** The keys of a payload by which a fact is found (contract 5.2), and nothing else of it; what is no text is no key. */
const text = z.string().optional().catch(undefined);
const businessKey = z.object({
  sessionId: text,
  messageId: text,
  qr: text,
  code: text,
  status: text,
  state: text,
  from: text,
  jid: text,
  action: text,
  requestId: text,
  participants: z.array(z.string()).optional().catch(undefined),
});
export type BusinessKey = z.infer<typeof businessKey>;

export function keyOf(data: object): BusinessKey {
  return businessKey.parse(data);
}

const SESSION_CHANNEL = /^(?:private-)?whatsapp\.(.+)$/;

/** The sessions an emission may be of: as it says itself, then as its channels say, in case it says nothing, or something else. */
export function sessionsOf({ sessionId }: BusinessKey, channels: readonly string[]): string[] {
  const named = channels.flatMap((channel) => SESSION_CHANNEL.exec(channel)?.[1] ?? []);
  return [...new Set([...(sessionId === undefined ? [] : [sessionId]), ...named])];
}
