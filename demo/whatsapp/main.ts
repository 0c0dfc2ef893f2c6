import { createLogger } from "../../lib/log.ts";
import { installShutdown } from "../../lib/shutdown.ts";
import { parseWhatsappEnv } from "./env.ts";
import { createQrSource } from "./page/qr-source.ts";
import { startWhatsapp } from "./start-whatsapp.ts";

const GRACE_MS = 5_000;

/** The WhatsApp server as a program of its own. */
const env = parseWhatsappEnv();
const log = createLogger({ program: "whatsapp", level: "info" });
const server = await startWhatsapp({
  port: env.WHATSAPP_PORT,
  pagePort: env.WHATSAPP_PAGE_PORT,
  mediaPort: env.WHATSAPP_MEDIA_PORT,
  ...(env.DATA_DIR === undefined ? {} : { dataDir: env.DATA_DIR }),
  ...(env.WHATSAPP_QR_SOURCE_URL === undefined ? {} : { qrSource: createQrSource(env.WHATSAPP_QR_SOURCE_URL) }),
});
installShutdown({ log, graceMs: GRACE_MS, steps: [{ name: "whatsapp", run: server.close }] });
log.info({ port: env.WHATSAPP_PORT, pagePort: env.WHATSAPP_PAGE_PORT, mediaCaFile: server.mediaCaFile }, "whatsapp is listening");
