import { expect, vi } from "vitest";
import { startWhatsapp, type WhatsappOptions, type WhatsappServer } from "../start-whatsapp.ts";
import { startClient, type Client, type ClientConfig } from "./client.ts";

export const WAIT = { timeout: 15_000, interval: 20 };

/** A server and what was started beside it, all of it stopped by `close`. */
export type Scene = {
  readonly server: WhatsappServer;
  readonly client: (store?: Client["store"], config?: ClientConfig) => Client;
  /** A client that is open and has all that its phone gave it. */
  readonly paired: (phone: string, config?: ClientConfig) => Promise<Client>;
  readonly close: () => Promise<void>;
};

export async function startScene(options: WhatsappOptions = {}): Promise<Scene> {
  const server = await startWhatsapp(options);
  const clients: Client[] = [];
  const client = (store?: Client["store"], config?: ClientConfig): Client => {
    const started = startClient(server.url, store, config);
    clients.push(started);
    return started;
  };
  return {
    server,
    client,
    paired: async (phone, config) => {
      const fresh = client(undefined, config);
      await vi.waitFor(() => expect(fresh.qr()).toBeDefined(), WAIT);
      await server.control.scan(fresh.qr() ?? "", { phone, name: "Shop" });
      await isOpen(fresh);
      // A client cut off before it has the history waits for it for 20 s at its next login.
      const isSettled = () =>
        expect(server.control.devices().filter((device) => device.phone === phone && !(device.hasHistory && device.waiting === 0))).toEqual([]);
      await vi.waitFor(isSettled, WAIT);
      return fresh;
    },
    close: async () => {
      for (const each of clients) await each.end();
      await server.close();
    },
  };
}

export const isOpen = (client: Client): Promise<void> => vi.waitFor(() => expect(client.state().connection).toBe("open"), WAIT);
export const isClosed = (client: Client): Promise<void> => vi.waitFor(() => expect(client.state().connection).toBe("close"), WAIT);

export const texts = (client: Client): (string | null | undefined)[] =>
  client.messages
    .filter(({ key, message }) => !key.fromMe && message)
    .map(({ message }) => message?.conversation ?? message?.extendedTextMessage?.text);
