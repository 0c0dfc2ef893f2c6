import { route } from "../../../../../lib/http/route.ts";
import { authMethod } from "../../../../../lib/realtime/auth-method.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/chat/realtime/auth", {
  POST: authMethod,
});
