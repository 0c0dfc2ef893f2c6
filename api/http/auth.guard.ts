import { Inject, Injectable, type CanActivate, type ExecutionContext } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { AppError } from "../../lib/errors.ts";
import type { ApiEnv } from "../env.ts";
import { ENV, TIMING, type Timing } from "../runtime/tokens.ts";
import { hasRole } from "./caller.ts";
import { forbidden, unauthorized } from "./contract-error.ts";
import { routeKindOf } from "./request.ts";
import { createTokenVerifier, tokenOf, type TokenVerifier } from "./user-token.ts";

/** 401 without a good token, 403 without the endpoint's role. A route that does not say what it is stays shut. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly verify: TokenVerifier;

  constructor(@Inject(ENV) env: ApiEnv, @Inject(TIMING) timing: Timing) {
    this.verify = createTokenVerifier(env.authSecret, timing.nowMs);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const route = routeKindOf(request);
    if (route === undefined) throw new AppError("API_ROUTE_UNMARKED", "a handler has neither @Endpoint nor @ServiceRoute");
    if (route.kind === "service") return true;
    const token = tokenOf(request.headers);
    const caller = token === undefined ? undefined : await this.verify(token);
    if (caller === undefined) throw unauthorized();
    if (!hasRole(caller, route.endpoint.role)) throw forbidden();
    request.caller = caller;
    return true;
  }
}
