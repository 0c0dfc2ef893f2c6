import { authorize } from "../../../../../lib/http/authorize.ts";
import { memberOf } from "../../../../../lib/http/member.ts";
import { Query } from "../../../../../lib/http/query.ts";
import { route } from "../../../../../lib/http/route.ts";
import { answerFile } from "../../../../../lib/media/media-answer.ts";
import { findMedia } from "../../../../../lib/media/read-media.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/media/:messageId", {
  GET: {
    family: "media",
    failure: "get media",
    hasDeadline: false,
    produce: async (request, { parameters }) => {
      const caller = await authorize(request.headers, "user");
      const query = new Query(new URL(request.url).searchParams);
      const isDownload = query.optional("download") === "1";
      const variant = query.optional("variant") === "thumbnail" ? "thumbnail" : "file";
      const { tenantId } = memberOf(caller);
      const file = await findMedia(tenantId, { messageId: parameters["messageId"] ?? "", variant });
      return answerFile(file, { method: request.method, headers: request.headers, isDownload });
    },
  },
});
