import { subscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";

/**
 * A route handler's word for `Content-Length`. Next 16.4 drops the real one from what a handler answers (its
 * `send-response.js` takes it for the length of a body that was decoded on the way); a player cannot seek in a film of unknown length.
 */
export const BODY_LENGTH_HEADER = "x-body-length";

/** Lets `BODY_LENGTH_HEADER` through under its real name; clients never see ours. */
export function keepBodyLength(): void {
  subscribe("http.server.request.start", (message) => translateBodyLength((message as { response: ServerResponse }).response));
}

export function translateBodyLength(response: Pick<ServerResponse, "setHeader">): void {
  const setHeader = response.setHeader.bind(response);
  response.setHeader = (name, value) => setHeader(name.toLowerCase() === BODY_LENGTH_HEADER ? "Content-Length" : name, value);
}
