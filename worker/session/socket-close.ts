import type { Close } from "./close.ts";

const CODES_USED_UP = "QR refs attempts ended";
/** What the client library puts before errors of the connection itself; their codes are those of HTTP. */
const NETWORK = "WebSocket Error";

/** What an error that closed a socket says; the client library tells more in texts than in codes. */
export function toClose(error: unknown): Close {
  const boom = error as { readonly message?: unknown; readonly output?: { readonly statusCode?: unknown } } | undefined;
  const message = typeof boom?.message === "string" ? boom.message : "";
  const code = boom?.output?.statusCode;
  return {
    code: typeof code === "number" ? code : undefined,
    origin: message.startsWith(NETWORK) ? "network" : "whatsapp",
    hasUsedUpCodes: message === CODES_USED_UP,
  };
}

/** Closed by us, because what it does can no longer be stored. */
export const STORAGE_FAILED: Close = { code: undefined, origin: "network", hasUsedUpCodes: false };
