import { isDatabaseUnavailable } from "../database-unavailable.ts";
import { ApiError } from "../http/api-error.ts";
import { memberOf } from "../http/member.ts";
import type { MethodEndpoint } from "../http/route.ts";
import { takeTurn } from "../http/throttles.ts";
import { authorizeWrite } from "../http/write-endpoint.ts";
import { logFailure } from "../log.ts";
import { readAuthPayload } from "./auth-payload.ts";
import { authorizeChannel } from "./authorize-channel.ts";

const FAILURE = "authorize a channel";

/** `POST realtime/auth`: not like the others, because a client library of its own wording stands behind it. */
export const authMethod: MethodEndpoint = {
  family: "realtime",
  failure: FAILURE,
  produce: async (request, { requestId }) => {
    try {
      const caller = await authorizeWrite(request.headers, { role: "user", throttle: (who) => takeTurn("realtimeAuth", who) });
      const subscription = await readAuthPayload(request);
      return { status: 200, json: await authorizeChannel(memberOf(caller), subscription) };
    } catch (error) {
      if (error instanceof ApiError || isDatabaseUnavailable(error)) throw error;
      logFailure({ requestId, failure: FAILURE, error });
      throw new ApiError(500, { error: "Internal server error" });
    }
  },
};
