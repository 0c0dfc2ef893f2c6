import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { serveConnection } from "./connection.ts";
import { isRegistration, login } from "../devices/login.ts";
import { createNoiseIdentity } from "./noise-identity.ts";
import { offerPairing } from "../devices/registration.ts";
import type { World } from "../world.ts";

/** Where clients connect. */
export type Gateway = {
  readonly port: number;
  /** Cuts every line and stops listening; `open` listens again on the same port. */
  readonly shut: () => Promise<void>;
  readonly open: () => Promise<void>;
};

export async function openGateway(world: World, host: string, port: number): Promise<Gateway> {
  const identity = createNoiseIdentity();
  let server: WebSocketServer | undefined;
  let bound = port;

  const open = async (): Promise<void> => {
    const listening = new WebSocketServer({ host, port: bound, perMessageDeflate: false });
    listening.on("connection", (socket) =>
      serveConnection(socket, {
        identity,
        admit: (connection, handshake) => {
          world.connections.add(connection);
          void connection.closed.then(() => world.connections.delete(connection));
          return isRegistration(handshake.payload) ? offerPairing(world, connection, handshake) : login(world, connection, handshake);
        },
        onError: (error) => void world.faults.push(error),
      }),
    );
    await new Promise<void>((resolve, reject) => {
      listening.once("listening", resolve);
      listening.once("error", reject);
    });
    bound = (listening.address() as AddressInfo).port;
    server = listening;
  };
  await open();
  return {
    port: bound,
    shut: async () => {
      for (const connection of world.connections) connection.terminate();
      const closing = server;
      server = undefined;
      for (const client of closing?.clients ?? []) client.terminate();
      await new Promise<void>((resolve) => (closing === undefined ? resolve() : closing.close(() => resolve())));
    },
    open,
  };
}
