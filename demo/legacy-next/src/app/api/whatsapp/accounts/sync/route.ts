import { route } from "../../../../../lib/http/route.ts";
import { writeMethod } from "../../../../../lib/http/write-endpoint.ts";
import { syncAccounts } from "../../../../../lib/whatsapp/account-sync.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/accounts/sync", {
  POST: writeMethod({
    family: "contacts",
    role: "admin",
    failure: "sync accounts",
    parse: ({ body }) => {
      const sessionId = body.text("sessionId");
      body.optionalChoice("syncMode", ["auto"]);
      return sessionId;
    },
    answer: syncAccounts,
  }),
});
