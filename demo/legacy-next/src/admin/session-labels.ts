import type { RoutingRule, SessionStatus, SocketStatus } from "@ipnuo/domain/enums";

export const SESSION_LABELS: Readonly<Record<SessionStatus, string>> = {
  CONNECTED: "Connected",
  CONNECTING: "Connecting",
  QR_REQUIRED: "Needs pairing",
  DISCONNECTED: "Disconnected",
  ERROR: "Error",
};

export const SOCKET_LABELS: Readonly<Record<SocketStatus, string>> = {
  connected: "Socket open",
  connecting: "Socket connecting",
  qr_required: "Waiting for a phone",
  disconnected: "No socket",
};

export const ROUTING_LABELS: Readonly<Record<RoutingRule, string>> = {
  FLOWBOT_FIRST: "Flowbot first, then people",
  USER_FIRST: "People first, then flowbot",
  FLOWBOT_ONLY: "Flowbot only",
  USER_ONLY: "People only",
  MANUAL: "Manual",
};
