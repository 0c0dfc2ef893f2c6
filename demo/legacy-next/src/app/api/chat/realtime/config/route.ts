import { readMethod } from "../../../../../lib/http/read-endpoint.ts";
import { route } from "../../../../../lib/http/route.ts";
import { readClientConfig } from "../../../../../lib/realtime/client-config.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/chat/realtime/config", {
  GET: readMethod({
    family: "realtime",
    role: "user",
    failure: "get realtime config",
    parse: () => undefined,
    answer: () => Promise.resolve(readClientConfig()),
  }),
});
