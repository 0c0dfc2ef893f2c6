import { route } from "../../../../lib/http/route.ts";
import { sendMedia } from "../../../../lib/whatsapp/send-media.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/send-media", { POST: sendMedia });
