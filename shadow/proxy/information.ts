import type { IncomingMessage, ServerResponse } from "node:http";
import type { HeaderList } from "../core/types.ts";
import { endToEnd } from "./headers.ts";
import { headOf } from "./tunnel.ts";

export type Information = { readonly request: IncomingMessage; readonly status: number; readonly reason: string; readonly headers: HeaderList };

/** What Node keeps to itself: writes in order with the answers of the connection, as its own `writeEarlyHints` does. */
type RawWriter = { readonly _writeRaw: (data: string, encoding: "latin1") => boolean };

/** Passes on an answer that announces another one (100 Continue, 103 Early Hints), as the owner sent it. HTTP/1.0 has none. */
export function relayInformation(response: ServerResponse, { request, status, reason, headers }: Information): void {
  if (status < 100 || request.httpVersion === "1.0" || response.headersSent || response.writableNeedDrain) return;
  if (status === 100) response.writeContinue();
  else (response as unknown as RawWriter)._writeRaw(headOf(`HTTP/1.1 ${status} ${reason}`, endToEnd(headers)), "latin1");
}
