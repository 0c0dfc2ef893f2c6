import { Controller, Res } from "@nestjs/common";
import type { FastifyReply } from "fastify";
import { ServiceRoute } from "../http/endpoint.decorator.ts";
import { HealthService } from "./health.service.ts";

type Health = { readonly status: "ok" } | { readonly status: "unavailable"; readonly reasons: readonly string[] };

@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @ServiceRoute("/healthz")
  alive(): Health {
    return { status: "ok" };
  }

  @ServiceRoute("/readyz")
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const reasons = await this.health.problems();
    if (reasons.length === 0) return { status: "ok" };
    reply.code(503);
    return { status: "unavailable", reasons };
  }
}
