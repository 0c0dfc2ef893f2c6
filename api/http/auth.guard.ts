import { Inject, Injectable, type CanActivate, type ExecutionContext } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import type { EndpointSpec } from "@ipnuo/domain/endpoints";
import { AppError } from "../../lib/errors.ts";
import type { ApiEnv } from "../env.ts";
import { ENV, TIMING, type Timing } from "../runtime/tokens.ts";
import type { Caller } from "./caller.ts";
import { forbidden, notFound, tooManyRequests, unauthorized } from "./contract-error.ts";
import { RateLimit } from "./rate-limit.ts";
import { routeKindOf } from "./request.ts";
import { createServiceTokenVerifier, type ServiceTokenVerifier } from "./service-token.ts";
import { createUserAdmission, type UserAdmission } from "./user-admission.ts";
import { bearerOf } from "./user-token.ts";

/**
 * What a request must pass before its body is looked at, in the contract's order (1.3): 401 without a good token, 403 without
 * the endpoint's role, 403 for a forged one, 429. A route that does not say what it is stays shut.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly admission: UserAdmission;
  private readonly verifyService: ServiceTokenVerifier;
  private readonly sends: RateLimit;
  private readonly realtimeAuth: RateLimit;

  constructor(
    @Inject(ENV) env: ApiEnv,
    @Inject(TIMING) private readonly timing: Timing,
  ) {
    this.admission = createUserAdmission(env, timing.nowMs);
    this.verifyService = createServiceTokenVerifier(env.serviceTokenSecrets, timing.nowMs);
    this.sends = new RateLimit(env.sendRatePerMinute);
    this.realtimeAuth = new RateLimit(env.authRatePerMinute);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const route = routeKindOf(request);
    if (route === undefined)
      throw new AppError("API_ROUTE_UNMARKED", "a handler has none of @Endpoint, @IngestEndpoint, @ShadowEndpoint and @ServiceRoute");
    if (route.kind === "endpoint") await this.admitUser(request, route.endpoint);
    if (route.kind === "internal") await this.admitService(request, route.scope);
    // The role was judged before; whatever got here without it does not find the route.
    if (route.kind === "shadow" && request.shadowBody === null) throw notFound();
    return true;
  }

  private async admitUser(request: FastifyRequest, endpoint: EndpointSpec): Promise<void> {
    const caller = await this.admission(request.method, request.headers, endpoint);
    this.throttle(caller, endpoint);
    request.caller = caller;
  }

  /** User tokens and cookies are none of these. */
  private async admitService(request: FastifyRequest, scope: string): Promise<void> {
    const token = bearerOf(request.headers.authorization);
    const caller = token === undefined ? undefined : await this.verifyService(token);
    if (caller === undefined) throw unauthorized();
    if (!caller.scopes.includes(scope)) throw forbidden();
    request.serviceId = caller.serviceId;
  }

  private throttle({ tenantId, userId }: Caller, { id, class: kind }: EndpointSpec): void {
    const limit = kind === "send" ? this.sends : id === "realtime.auth" ? this.realtimeAuth : undefined;
    const waitSeconds = limit?.take(JSON.stringify([tenantId, userId]), this.timing.nowMs());
    if (waitSeconds !== undefined) throw tooManyRequests(waitSeconds);
  }
}
