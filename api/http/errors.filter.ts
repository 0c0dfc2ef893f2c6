import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from "@nestjs/common";
import type { FastifyReply, FastifyRequest } from "fastify";
import { codeOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { LOG } from "../runtime/tokens.ts";
import { ContractError, failed, notFound, unavailable } from "./contract-error.ts";
import { isDatabaseOutage, sqlStateOf } from "./database-outage.ts";
import { routeKindOf } from "./request.ts";

const NOT_FOUND = 404;
const STACK_FRAMES = 6;

/** Turns whatever was thrown into the contract's reply; nothing from inside reaches the client. */
@Catch()
export class ErrorsFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const answer = this.answerTo(error, request);
    void reply.code(answer.status).headers(answer.headers).send(answer.body);
  }

  private answerTo(error: unknown, request: FastifyRequest): ContractError {
    if (error instanceof ContractError) return error;
    if (error instanceof HttpException && error.getStatus() === NOT_FOUND) return notFound();
    const route = routeKindOf(request);
    const endpoint = route?.kind === "endpoint" ? route.endpoint.id : route?.id;
    const details = { requestId: request.id, endpoint, ...describe(error) };
    if (isDatabaseOutage(error)) {
      this.log.warn(details, "database unavailable");
      return unavailable(request.id);
    }
    this.log.error(details, "request failed");
    return failed(route?.kind === "endpoint" ? route.endpoint.failure : "answer", request.id);
  }
}

/** Where it happened, without the message: messages of the database repeat values of the request. */
function describe(error: unknown) {
  const stack = error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at ")) : [];
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return { errorName: name, code: codeOf(error), sqlState: sqlStateOf(error), at: stack.slice(0, STACK_FRAMES).map((line) => line.trim()) };
}
