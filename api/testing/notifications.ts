import { Client } from "pg";

export type Listener = {
  /** Notifications since the last call, as `channel payload`, in order; awaits whatever was committed before. */
  readonly take: () => Promise<string[]>;
  readonly close: () => Promise<void>;
};

/** Listens as the worker does. */
export async function listenAsWorker(url: string): Promise<Listener> {
  const client = new Client({ connectionString: url });
  const heard: string[] = [];
  client.on("notification", ({ channel, payload }) => heard.push(`${channel} ${payload ?? ""}`));
  await client.connect();
  await client.query("listen whatsapp_session; listen whatsapp_outbox");
  return {
    take: async () => {
      // Notifications are delivered before the answer of a later statement.
      await client.query("select 1");
      return heard.splice(0);
    },
    close: () => client.end(),
  };
}
