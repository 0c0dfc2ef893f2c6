import { readMethod } from "../../../../lib/http/read-endpoint.ts";
import { route } from "../../../../lib/http/route.ts";
import { writeMethod } from "../../../../lib/http/write-endpoint.ts";
import { parseConfig } from "../../../../lib/whatsapp/config-body.ts";
import { patchConfig, saveConfig } from "../../../../lib/whatsapp/config-write.ts";
import { ROUTING_RULES } from "../../../../lib/whatsapp/session-body.ts";
import { DEFAULT_ROUTING_RULE, readConfig } from "../../../../lib/whatsapp/session-config.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/config", {
  GET: readMethod({
    family: "config",
    role: "admin",
    failure: "get config",
    parse: (query) => query.required("sessionId"),
    answer: readConfig,
  }),
  POST: writeMethod({
    family: "config",
    role: "admin",
    failure: "save config",
    parse: ({ body }) => ({ sessionId: body.text("sessionId"), config: parseConfig(body.object("config")) }),
    answer: saveConfig,
  }),
  PATCH: writeMethod({
    family: "config",
    role: "admin",
    failure: "update config",
    parse: ({ body }) => ({
      sessionId: body.text("sessionId"),
      routingRule: body.choice("routingRule", ROUTING_RULES) ?? DEFAULT_ROUTING_RULE,
      tenantId: body.optionalText("tenantId"),
    }),
    answer: patchConfig,
  }),
});
