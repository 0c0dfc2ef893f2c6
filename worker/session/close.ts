/** Why a socket closed, and what that asks of the worker (contract 4.2). Pure. */

/** What is known when a socket has closed. */
export type Close = {
  /** WhatsApp's closing code; undefined when the client gave up by itself. */
  readonly code: number | undefined;
  /** `network`: the socket never spoke WhatsApp's language (a proxy's 401 is not WhatsApp's). */
  readonly origin: "whatsapp" | "network";
  /** Every QR of a pairing was shown and none was scanned. */
  readonly hasUsedUpCodes: boolean;
};

export type CloseVerdict =
  | "restart" // asked for by WhatsApp, normal after pairing
  | "lost" // back off and try again
  | "bad" // the same, but not for ever
  | "codes_used_up"
  | "logged_out"
  | "replaced"
  | "banned"
  | "outdated"
  | "pairing_invalid";

const BY_CODE: Readonly<Record<number, CloseVerdict>> = {
  401: "logged_out",
  402: "banned",
  403: "banned",
  405: "outdated",
  408: "lost",
  411: "pairing_invalid",
  428: "lost",
  440: "replaced",
  500: "bad",
  503: "lost",
  515: "restart",
};

/** A code nobody has heard of is treated as one that may heal, but not for ever. */
export function judgeClose({ code, origin, hasUsedUpCodes }: Close): CloseVerdict {
  if (hasUsedUpCodes) return "codes_used_up";
  if (origin === "network") return "lost";
  return (code === undefined ? undefined : BY_CODE[code]) ?? "bad";
}
