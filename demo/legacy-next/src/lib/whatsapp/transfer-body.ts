import type { Input } from "../http/write-endpoint.ts";
import type { Decision } from "./transfer-decision.ts";
import { TRANSFER_TEXT } from "./transfer-reply.ts";

export function parseDecision({ body, parameters }: Input): Decision {
  return {
    requestId: parameters["requestId"] ?? "",
    actor: body.actor("supervisorId"),
    notes: body.optionalText("notes", TRANSFER_TEXT),
  };
}
