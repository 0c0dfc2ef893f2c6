import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createControl, type Control } from "./control.ts";
import { openGateway } from "./wire/gateway.ts";
import { readOrMakeCertificate } from "./media-certificate.ts";
import { startMediaHost } from "./media/media-host.ts";
import { createMediaStore } from "./media/media-store.ts";
import { startPageServer, type QrSource } from "./page/page-server.ts";
import { createMemoryShelf, openDiskShelf } from "./shelf.ts";
import { silenceLibsignal } from "./silent-logger.ts";
import { createWorld } from "./world.ts";

const LOOPBACK = "127.0.0.1";

export type WhatsappOptions = {
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  readonly mediaPort?: number;
  readonly pagePort?: number;
  /** Where paired devices, keys and mail lie; without it they live in memory. */
  /** What the page's button scans. */
  readonly qrSource?: QrSource;
  readonly dataDir?: string;
  readonly now?: () => Date;
};

/** A WhatsApp of our own, on loopback. */
export type WhatsappServer = {
  /** For `WHATSAPP_WS_URL`. */
  readonly url: string;
  /** `localhost:port`, over TLS. */
  readonly mediaHost: string;
  /** What a client must trust to reach it: for NODE_EXTRA_CA_CERTS. */
  readonly mediaCaFile: string;
  /** The phone page; the control over HTTP is under `/control/`. */
  readonly pageUrl: string;
  readonly control: Control;
  readonly close: () => Promise<void>;
};

/** Starts a WhatsApp Web server that the real client pairs with. Nothing of it leaves this machine. */
export async function startWhatsapp(options: WhatsappOptions = {}): Promise<WhatsappServer> {
  const { host = LOOPBACK, port = 0, mediaPort = 0, pagePort = 0, dataDir, qrSource, now = () => new Date() } = options;
  silenceLibsignal();
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), "whatsapp-"));
  const shelf = dataDir === undefined ? createMemoryShelf() : await openDiskShelf(join(folder, "shelf"));
  const media = createMediaStore(join(folder, "media"));
  const world = createWorld({ shelf, media, now });
  const certificate = readOrMakeCertificate(folder, now());
  const mediaHost = await startMediaHost({ host, port: mediaPort, certificate, store: media, onError: (error) => void world.faults.push(error) });
  const gateway = await openGateway(world, host, port);
  const control = createControl(world, gateway);
  const page = await startPageServer({ world, control, host, port: pagePort, qrSource });
  return {
    url: `ws://${host}:${gateway.port}/ws/chat`,
    mediaHost: media.host,
    mediaCaFile: certificate.file,
    pageUrl: `http://${host}:${page.port}`,
    control,
    close: async () => {
      await page.close();
      await gateway.shut();
      await mediaHost.close();
      await shelf.close();
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
