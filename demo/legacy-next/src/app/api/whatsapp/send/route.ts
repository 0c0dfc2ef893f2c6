import { route } from "../../../../lib/http/route.ts";
import { sendText } from "../../../../lib/whatsapp/send-text.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/send", { POST: sendText });
