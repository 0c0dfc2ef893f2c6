import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { throwError, timeout, type Observable } from "rxjs";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { unavailable } from "./contract-error.ts";
import { routeKindOf } from "./request.ts";

const UPLOADS = new Set(["sends.media"]);

/** A handler past its deadline is answered 503, whatever it waits for; streams and uploads may take their time. */
@Injectable()
export class DeadlineInterceptor implements NestInterceptor {
  constructor(@Inject(TIMING) private readonly timing: Timing) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const route = routeKindOf(request);
    if (route?.kind === "endpoint" && (route.endpoint.class === "stream" || UPLOADS.has(route.endpoint.id))) return next.handle();
    return next.handle().pipe(timeout({ first: this.timing.deadlineMs, with: () => throwError(() => unavailable(request.id)) }));
  }
}
