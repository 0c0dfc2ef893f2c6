import "reflect-metadata";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { AppError, messageOf } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { createWhatsappClient } from "../prisma/clients.ts";
import { AppModule } from "./app.module.ts";
import type { ApiEnv } from "./env.ts";
import { answerBadUrl } from "./http/contract-headers.ts";
import { answerBrokenRequest } from "./http/broken-request.ts";
import { installHttp } from "./http/install-http.ts";
import { parseQueryString } from "./http/query-string.ts";
import { requestIdOf } from "./http/request-id.ts";
import { RequestMetrics } from "./metrics/request-metrics.ts";
import { createNestLogger } from "./runtime/nest-logger.ts";
import type { Runtime, Timing } from "./runtime/tokens.ts";

const POOL_MAX = 20;
const MAX_PARAM_LENGTH = 16_384;
const DEFAULT_TIMING: Timing = { nowMs: Date.now, deadlineMs: 10_000, connectTimeoutMs: 5_000 };

export type ApiApp = {
  /** Listens on `env.host` and `env.port` (0: any free one). Throws `API_LISTEN`. */
  readonly listen: () => Promise<{ readonly port: number }>;
  /** Stops accepting, finishes what is in flight, lets the database go. */
  readonly close: () => Promise<void>;
};

/** The NestJS service on one database. Nothing is built, connected or listened to before `listen`. */
export function createApi(env: ApiEnv, log: Logger, timing: Partial<Timing> = {}): ApiApp {
  const complete: Timing = { ...DEFAULT_TIMING, ...timing };
  const database = createWhatsappClient({
    url: env.databaseUrl,
    poolMax: POOL_MAX,
    connectTimeoutMs: complete.connectTimeoutMs,
    statementTimeoutMs: complete.deadlineMs,
    applicationName: "parallax-api",
  });
  let building: Promise<NestFastifyApplication> | undefined;
  return {
    listen: async () => listen(await (building ??= build({ env, log, database, timing: complete, metrics: new RequestMetrics() })), env),
    close: async () => {
      await (await building)?.close();
      await database.$disconnect();
    },
  };
}

function build(runtime: Runtime): Promise<NestFastifyApplication> {
  const adapter = createAdapter();
  installHttp(adapter.getInstance(), runtime);
  return NestFactory.create<NestFastifyApplication>(AppModule.of(runtime), adapter, {
    logger: createNestLogger(runtime.log),
    abortOnError: false,
    bodyParser: false,
  });
}

function createAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    genReqId: requestIdOf,
    frameworkErrors: answerBadUrl,
    clientErrorHandler: answerBrokenRequest,
    // While draining, requests on open connections are answered, not refused in a form the contract does not know.
    return503OnClosing: false,
    // A long id is an unknown one, not another path.
    routerOptions: { querystringParser: parseQueryString, maxParamLength: MAX_PARAM_LENGTH },
  });
}

async function listen(app: NestFastifyApplication, env: ApiEnv): Promise<{ port: number }> {
  try {
    await app.listen(env.port, env.host);
  } catch (error) {
    throw new AppError("API_LISTEN", `api could not listen on ${env.host}:${env.port}: ${messageOf(error)}`, { cause: error });
  }
  const address = app.getHttpServer().address();
  return { port: typeof address === "object" && address !== null ? address.port : env.port };
}
