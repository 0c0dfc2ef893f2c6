import type { RoutingRule } from "@ipnuo/domain/enums";
import type { Body } from "../http/body.ts";

const SESSION_ID = /^[A-Za-z0-9_-]{1,64}$/;
const NAME = { min: 1, max: 120, isTrimmed: true } as const;
const PHONE = { pattern: /^[0-9]{6,15}$/ };

export const ROUTING_RULES: readonly RoutingRule[] = ["FLOWBOT_ONLY", "USER_ONLY", "FLOWBOT_FIRST", "USER_FIRST", "MANUAL"];

export type ConnectInput = { readonly sessionId: string; readonly name: string | undefined; readonly phoneNumber: string | undefined };
export type CreateInput = {
  readonly sessionId: string | undefined;
  readonly name: string | undefined;
  readonly routingRule: RoutingRule | undefined;
};

export function parseConnect(body: Body): ConnectInput {
  const sessionId = body.text("sessionId");
  rejectUnusable(body, sessionId);
  return { sessionId, name: body.optionalText("name", NAME), phoneNumber: body.optionalText("phoneNumber", PHONE) };
}

export function parseCreate(body: Body): CreateInput {
  const sessionId = body.optionalText("sessionId");
  if (sessionId !== undefined) rejectUnusable(body, sessionId, true);
  return { sessionId, name: body.optionalText("name", NAME), routingRule: body.optionalChoice("routingRule", ROUTING_RULES) };
}

/** Where a key is made its form is checked; elsewhere a malformed one is just unknown. `all` means every session (PATCH config). */
function rejectUnusable(body: Body, sessionId: string, isBlankBad = false): void {
  if (sessionId === "" && !isBlankBad) return; // told already: it is missing
  if (!SESSION_ID.test(sessionId) || sessionId === "all") body.reject("sessionId");
}
