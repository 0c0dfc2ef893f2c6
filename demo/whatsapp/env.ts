import { z } from "zod";
import { httpUrlVariable, parseEnv, portVariable, type EnvSource } from "../../lib/env.ts";

const schema = z.object({
  /** Where clients connect. */
  WHATSAPP_PORT: portVariable.default(8090),
  /** The phone page and the control. */
  WHATSAPP_PAGE_PORT: portVariable.default(8091),
  WHATSAPP_MEDIA_PORT: portVariable.default(8092),
  /** Where paired devices, keys, mail and media lie. Without it a restart forgets them. */
  DATA_DIR: z.string().optional(),
  /** Answers `{"qr": text or null}`: what the page's button scans. */
  WHATSAPP_QR_SOURCE_URL: httpUrlVariable.optional(),
});

export type WhatsappEnv = z.infer<typeof schema>;

export const parseWhatsappEnv = (source: EnvSource = process.env): WhatsappEnv => parseEnv("whatsapp", schema, source);
