import { Controller } from "@nestjs/common";
import { capturedEmission, type CapturedEmission, type DerivationReply } from "@ipnuo/domain/shadowing";
import { AskShadow } from "../http/asked-by-shadow.decorator.ts";
import { ShadowEndpoint } from "../http/endpoint.decorator.ts";
import { DerivationsService } from "./derivations.service.ts";

const BASE = "/api/internal/shadow";

/** What the proxy asks about what the other system did (contract 4.4). Nothing is stored, sent or broadcast. */
@Controller()
export class ShadowingController {
  constructor(private readonly derivations: DerivationsService) {}

  @ShadowEndpoint("shadow.emissions", `${BASE}/emissions`)
  emissions(@AskShadow(capturedEmission) captured: CapturedEmission): Promise<DerivationReply> {
    return this.derivations.derive(captured);
  }
}
