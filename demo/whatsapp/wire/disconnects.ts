import type { BinaryNode } from "@whiskeysockets/baileys";
import type { Connection } from "./connection.ts";
import { stanza } from "./stanza.ts";

/** The ways WhatsApp ends a session. */
export const DISCONNECT_CODES = [401, 402, 403, 405, 408, 411, 428, 440, 500, 503, 515] as const;
export type DisconnectCode = (typeof DISCONNECT_CODES)[number];

export const streamError = (code: number, content?: BinaryNode[]): BinaryNode => stanza("stream:error", { code: String(code) }, content);

/** Somebody else logged in with the same device. */
export const replaced = (): BinaryNode => stanza("stream:error", {}, [stanza("conflict", { type: "replaced" })]);

export const failure = (code: number): BinaryNode => stanza("failure", { reason: String(code), location: "cln" });

/** Says why, in the words the real server uses for this code, and hangs up. */
export function disconnect(connection: Connection, code: DisconnectCode): void {
  switch (code) {
    case 401:
      connection.send(streamError(401, [stanza("conflict", { type: "device_removed" })]));
      break;
    case 402:
    case 403:
    case 405:
      connection.send(failure(code));
      break;
    case 411:
      connection.send(stanza("ib", {}, [stanza("downgrade_webclient")]));
      break;
    case 428:
      break;
    case 440:
      connection.send(replaced());
      break;
    case 408:
    case 500:
    case 503:
    case 515:
      connection.send(streamError(code));
      break;
  }
  connection.close();
}
