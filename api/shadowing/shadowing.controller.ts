import { Controller, Req } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import {
  capturedEmission,
  shadowedSend,
  type CapturedEmission,
  type DerivationReply,
  type DryRunReply,
  type ShadowedSend,
} from "@ipnuo/domain/shadowing";
import { AskShadow } from "../http/asked-by-shadow.decorator.ts";
import { ShadowEndpoint } from "../http/endpoint.decorator.ts";
import { DerivationsService } from "./derivations.service.ts";
import { DryRunsService } from "./dry-runs.service.ts";

const BASE = "/api/internal/shadow";

/** What the proxy asks about what the other system did (contract 4.4). Nothing is stored, sent or broadcast. */
@Controller()
export class ShadowingController {
  constructor(
    private readonly derivations: DerivationsService,
    private readonly dryRuns: DryRunsService,
  ) {}

  @ShadowEndpoint("shadow.emissions", `${BASE}/emissions`)
  emissions(@AskShadow(capturedEmission) captured: CapturedEmission): Promise<DerivationReply> {
    return this.derivations.derive(captured);
  }

  /** With the client's own credentials: whose they are decides, as for the send itself. */
  @ShadowEndpoint("shadow.sends", `${BASE}/sends`)
  sends(@AskShadow(shadowedSend) send: ShadowedSend, @Req() { headers, id: requestId }: FastifyRequest): Promise<DryRunReply> {
    return this.dryRuns.run({ send, headers, requestId });
  }
}
