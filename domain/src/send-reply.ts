import { z } from "zod";
import { message } from "./message.ts";

/** `POST chat-messages` and `POST send-media`. */
export const sendReply = z.object({ success: z.literal(true), message }).meta({ id: "SendReply" });
export type SendReply = z.infer<typeof sendReply>;
