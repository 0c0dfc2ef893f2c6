import { Controller, Module } from "@nestjs/common";
import { APP_FILTER, APP_GUARD, NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLogger } from "../../lib/log.ts";
import { createWhatsappClient } from "../../prisma/clients.ts";
import { RequestMetrics } from "../metrics/request-metrics.ts";
import { RuntimeModule } from "../runtime/runtime.module.ts";
import { SERVICE_SECRET, testEnv, tokenFor } from "../testing/test-api.ts";
import { AskService, type AskedByService } from "./asked-by-service.decorator.ts";
import { AuthGuard } from "./auth.guard.ts";
import { IngestEndpoint } from "./endpoint.decorator.ts";
import { ErrorsFilter } from "./errors.filter.ts";
import { installHttp } from "./install-http.ts";
import { requestIdOf } from "./request-id.ts";

const PATH = "/api/internal/whatsapp/probe/s1";
const body = z.object({ items: z.array(z.string()).optional() });

@Controller()
class ProbeController {
  @IngestEndpoint("ingest.probe", "/api/internal/whatsapp/probe/:sessionId", "ingest:probe")
  probe(@AskService({ body, params: z.object({ sessionId: z.string() }) }) asked: AskedByService): AskedByService {
    return asked;
  }
}

@Module({
  controllers: [ProbeController],
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_FILTER, useClass: ErrorsFilter },
  ],
})
class ProbeModule {}

let app: NestFastifyApplication;
let url: string;
beforeAll(async () => {
  const env = testEnv("postgresql://nobody:nothing@127.0.0.1:1/none");
  const log = createLogger({ program: "test", level: "silent" });
  const database = createWhatsappClient({ url: env.databaseUrl, poolMax: 1, connectTimeoutMs: 100, applicationName: "test" });
  const timing = { nowMs: Date.now, deadlineMs: 10_000, connectTimeoutMs: 5_000 };
  const runtime = { env, log, database, timing, metrics: new RequestMetrics() };
  const adapter = new FastifyAdapter({ genReqId: requestIdOf });
  installHttp(adapter.getInstance(), runtime);
  const probe = { module: ProbeModule, imports: [RuntimeModule.of(runtime)] };
  app = await NestFactory.create<NestFastifyApplication>(probe, adapter, { logger: false, bodyParser: false });
  await app.listen(0, "127.0.0.1");
  url = await app.getUrl();
});
afterAll(() => app.close());

function serviceToken(claims: object = {}): Promise<string> {
  const nowS = Math.floor(Date.now() / 1_000);
  return new SignJWT({ aud: "ingest", sub: "worker-1", scope: "ingest:probe", iat: nowS, exp: nowS + 60, ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(SERVICE_SECRET));
}

const post = (headers: Record<string, string>, text = "{}", path = PATH) =>
  fetch(url + path, { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } });

describe("a route of the ingest API", () => {
  it("takes a service token with its scope, and says who called", async () => {
    const response = await post({ authorization: `Bearer ${await serviceToken()}`, "x-request-id": "r1" }, '{"items":["a"]}');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ serviceId: "worker-1", requestId: "r1", body: { items: ["a"] }, params: { sessionId: "s1" } });
  });

  it("refuses every other token with 401, also in a cookie", async () => {
    const user = await tokenFor({});
    const cookie = `next-auth.session-token=${await serviceToken()}`;
    for (const headers of [{}, { authorization: `Bearer ${user}` }, { cookie }, { authorization: "Basic x" }] as Record<string, string>[]) {
      const response = await post(headers, "{");
      expect(await response.text()).toBe('{"error":"Unauthorized"}');
      expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    }
  });

  it("refuses one without its scope with 403", async () => {
    const response = await post({ authorization: `Bearer ${await serviceToken({ scope: "ingest:probes ingest" })}` }, "{");
    expect(await response.text()).toBe('{"error":"Forbidden"}');
    expect(response.status).toBe(403);
  });

  it("takes bodies up to 5 MiB", async () => {
    const authorization = `Bearer ${await serviceToken()}`;
    const sized = (bytes: number) => `{"x":"${"y".repeat(bytes - 8)}"}`;
    expect((await post({ authorization }, sized(5 * 1_048_576))).status).toBe(200);
    expect((await post({ authorization }, sized(5 * 1_048_576 + 1))).status).toBe(413);
  });

  it("has no alias", async () => {
    expect((await post({ authorization: `Bearer ${await serviceToken()}` }, "{}", PATH.replace("/api/", "/api/v1/"))).status).toBe(404);
  });
});
