import type { SocketConfig } from "@whiskeysockets/baileys";

export type ClientComplaints = { readonly warned: () => void; readonly failed: () => void };

/**
 * What the client library logs holds addresses, texts and keys: nothing of it is written anywhere, its complaints are counted.
 * The level is one it does not know, so that it does not even build what it would log.
 */
export function createQuietLogger({ warned, failed }: ClientComplaints): SocketConfig["logger"] {
  const nothing = (): void => {};
  const logger: SocketConfig["logger"] = {
    level: "silent",
    child: () => logger,
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: warned,
    error: failed,
  };
  return logger;
}
