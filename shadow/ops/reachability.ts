import { connect } from "node:net";

const TIMEOUT_MS = 1_000;

/** True when something accepts connections at the host and port of the URL. */
export function canReach(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port === "" ? (protocol === "https:" ? 443 : 80) : port) });
    const settle = (isReachable: boolean): void => {
      socket.destroy();
      resolve(isReachable);
    };
    socket.setTimeout(TIMEOUT_MS, () => settle(false));
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}
