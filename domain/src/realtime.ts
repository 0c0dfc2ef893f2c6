import { z } from "zod";

/** `GET realtime/config`: what browsers connect to; never the secret. */
export const realtimeConfig = z
  .union([
    z.object({
      success: z.literal(true),
      config: z.object({
        key: z.string(),
        host: z.string(),
        port: z.int(),
        useTLS: z.boolean(),
        appId: z.string(),
        cluster: z.string(),
      }),
    }),
    z.object({ success: z.literal(false), hasConfig: z.literal(false), message: z.literal("Realtime not configured"), config: z.null() }),
  ])
  .meta({ id: "RealtimeConfig" });
export type RealtimeConfig = z.infer<typeof realtimeConfig>;

/** `POST realtime/auth`: what a Pusher client sends; it names nobody. */
export const authBody = z.object({
  socket_id: z.string().regex(/^\d+\.\d+$/),
  channel_name: z.string().regex(/^[-a-zA-Z0-9_=@,.;]{1,200}$/),
});
export type AuthBody = z.infer<typeof authBody>;

/** `channel_data` of presence channels only. */
export const authReply = z.object({ auth: z.string(), channel_data: z.string().optional() }).meta({ id: "RealtimeAuth" });
export type AuthReply = z.infer<typeof authReply>;
