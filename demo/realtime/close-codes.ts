/** Why a connection is closed. 4000-4099: never come back; 4100-4199: come back later; 4200-4299: come back at once. */
export const CLOSE = {
  appUnknown: { code: 4001, reason: "Application does not exist" },
  pathUnknown: { code: 4005, reason: "Path not found" },
  protocolInvalid: { code: 4006, reason: "Invalid version string format" },
  protocolUnsupported: { code: 4007, reason: "Unsupported protocol version" },
  protocolMissing: { code: 4008, reason: "No protocol version supplied" },
  overCapacity: { code: 4100, reason: "Over capacity" },
  serverClosing: { code: 4200, reason: "Server closed, please reconnect" },
  pongMissing: { code: 4201, reason: "Pong reply not received" },
} as const;

export type Close = { readonly code: number; readonly reason: string };

/** Not a close code: a client event was refused, the connection stays. */
export const CLIENT_EVENT_REFUSED = 4301;

const SUPPORTED_PROTOCOLS = { min: 5, max: 7 };

/** The app's key of a client's address (`/app/KEY?protocol=7`), or why it is turned away. */
export function readAddress(url: URL): { readonly key: string } | { readonly close: Close } {
  const [, key] = /^\/app\/([^/]+)$/.exec(url.pathname) ?? [];
  if (key === undefined) return { close: CLOSE.pathUnknown };
  const protocol = url.searchParams.get("protocol");
  if (protocol === null) return { close: CLOSE.protocolMissing };
  if (!/^\d+$/.test(protocol)) return { close: CLOSE.protocolInvalid };
  const { min, max } = SUPPORTED_PROTOCOLS;
  return Number(protocol) < min || Number(protocol) > max ? { close: CLOSE.protocolUnsupported } : { key };
}
