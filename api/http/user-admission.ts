import type { IncomingHttpHeaders } from "node:http";
import type { EndpointSpec } from "@ipnuo/domain/endpoints";
import type { ApiEnv } from "../env.ts";
import { hasRole, type Caller } from "./caller.ts";
import { forbidden, unauthorized } from "./contract-error.ts";
import { isForged } from "./cookie-origin.ts";
import { createTokenVerifier, tokenOf } from "./user-token.ts";

/** Who may call an endpoint, by the headers alone. Throws 401 and 403, in the contract's order (1.3). */
export type UserAdmission = (method: string, headers: IncomingHttpHeaders, endpoint: EndpointSpec) => Promise<Caller>;

export function createUserAdmission({ authSecret, allowedOrigins }: ApiEnv, nowMs: () => number): UserAdmission {
  const verify = createTokenVerifier(authSecret, nowMs);
  return async (method, headers, endpoint) => {
    const token = tokenOf(headers);
    const caller = token === undefined ? undefined : await verify(token);
    if (caller === undefined) throw unauthorized();
    if (!hasRole(caller, endpoint.role) || isForged(method, headers, allowedOrigins)) throw forbidden();
    return caller;
  };
}
