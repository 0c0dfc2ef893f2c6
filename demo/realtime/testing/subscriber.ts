import { createRequire } from "node:module";
import Pusher from "pusher";
import type PusherJs from "pusher-js";
import type { Channel, Options } from "pusher-js";
import { waitUntil } from "../../../lib/processes.ts";
import type { AppCredentials } from "../app-credentials.ts";

/** Its types speak of a default export; Node gets the class itself. */
const PusherClient = createRequire(import.meta.url)("pusher-js") as typeof PusherJs.default;

const HOST = "127.0.0.1";
const WAIT_MS = 10_000;

export type Heard = { readonly channel: string; readonly event: string; readonly data: unknown; readonly userId: string | undefined };

/** The official client library, listening. */
export type Subscriber = {
  readonly client: PusherJs.default;
  /** Every event of an app or of another client, in the order it came. */
  readonly heard: readonly Heard[];
  /** What the server complained about. */
  readonly errors: readonly unknown[];
  readonly socketId: () => string;
  /** Resolves when the server has let us in. Throws what it said when it has not. */
  readonly join: (channel: string) => Promise<Channel>;
  readonly until: (isThere: () => boolean) => Promise<void>;
  readonly leave: () => void;
};

export type SubscriberOptions = {
  readonly port: number;
  readonly app: AppCredentials;
  /** Who it is in presence channels. */
  readonly userId?: string;
  readonly options?: Partial<Options>;
};

/** Connects with the official client; private and presence channels are signed with the official server library. */
export async function subscriber({ port, app, userId = "somebody", options = {} }: SubscriberOptions): Promise<Subscriber> {
  const signer = publisher(port, app);
  const client = new PusherClient(app.key, {
    cluster: "",
    wsHost: HOST,
    wsPort: port,
    forceTLS: false,
    enabledTransports: ["ws"],
    disableStats: true,
    channelAuthorization: {
      transport: "ajax",
      endpoint: "",
      customHandler: ({ socketId, channelName }, callback) =>
        callback(null, signer.authorizeChannel(socketId, channelName, channelName.startsWith("presence-") ? { user_id: userId } : undefined)),
    },
    ...options,
  });
  const heard: Heard[] = [];
  const errors: unknown[] = [];
  client.connection.bind("error", (error: unknown) => errors.push(error));
  client.connection.bind(
    "message",
    ({ event, channel, data, user_id: from }: { event: string; channel?: string; data: unknown; user_id?: string }) => {
      if (channel !== undefined && !event.startsWith("pusher")) heard.push({ channel, event, data, userId: from });
    },
  );
  const until = async (isThere: () => boolean): Promise<void> => {
    if (!(await waitUntil(isThere, WAIT_MS, 5)))
      throw new Error(`waited in vain; ${client.connection.state}, heard ${heard.length}, errors ${JSON.stringify(errors)}`);
  };
  const result: Subscriber = {
    client,
    heard,
    errors,
    socketId: () => client.connection.socket_id,
    join: (name) =>
      new Promise((resolve, reject) => {
        const channel = client.subscribe(name);
        if (channel.subscribed) return resolve(channel);
        channel.bind("pusher:subscription_succeeded", () => resolve(channel));
        channel.bind("pusher:subscription_error", (problem: { error: string; status: number }) =>
          reject(new Error(`${problem.status} ${problem.error}`)),
        );
        return undefined;
      }),
    until,
    leave: () => client.disconnect(),
  };
  return result;
}

/** The official server library. */
export const publisher = (port: number, { id, key, secret }: AppCredentials): Pusher =>
  new Pusher({ appId: id, key, secret, host: HOST, port: String(port), useTLS: false });
