import { createControl, type Control } from "./control.ts";
import { openGateway } from "./gateway.ts";
import { createMemoryShelf, openDiskShelf } from "./shelf.ts";
import { silenceLibsignal } from "./silent-logger.ts";
import { createWorld } from "./world.ts";

const LOOPBACK = "127.0.0.1";

export type WhatsappOptions = {
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  readonly pagePort?: number;
  /** Where paired devices, keys and mail lie; without it they live in memory. */
  readonly dataDir?: string;
  readonly now?: () => Date;
};

/** A WhatsApp of our own, on loopback. */
export type WhatsappServer = {
  /** For `WHATSAPP_WS_URL`. */
  readonly url: string;
  readonly control: Control;
  readonly close: () => Promise<void>;
};

/** Starts a WhatsApp Web server that the real client pairs with. Nothing of it leaves this machine. */
export async function startWhatsapp({ host = LOOPBACK, port = 0, dataDir, now = () => new Date() }: WhatsappOptions = {}): Promise<WhatsappServer> {
  silenceLibsignal();
  const shelf = dataDir === undefined ? createMemoryShelf() : await openDiskShelf(dataDir);
  const world = createWorld(shelf, now);
  const gateway = await openGateway(world, host, port);
  return {
    url: `ws://${host}:${gateway.port}/ws/chat`,
    control: createControl(world, gateway),
    close: async () => {
      await gateway.shut();
      await shelf.close();
    },
  };
}
