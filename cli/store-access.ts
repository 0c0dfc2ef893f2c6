import { AppError, messageOf } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../prisma/embedded/embedded-postgres.ts";

/** The database in the embedded server that holds the store. */
export const STORE_DATABASE = "parallax";

export type StoreAccess = {
  /** The store's URL; starts or attaches to the embedded server when none is given. */
  readonly locate: () => Promise<string>;
  /** Stops the embedded server when this program started it. Last of all. */
  readonly close: () => Promise<void>;
};

/** Where the store is: at the URL, or in the data directory's embedded PostgreSQL. */
export function accessStore(options: { readonly url: string | undefined; readonly dataDir: string; readonly log: Logger }): StoreAccess {
  let starting: Promise<EmbeddedPostgres> | undefined;
  const { url, dataDir, log } = options;
  return {
    locate: async () => {
      if (url !== undefined) return url;
      starting ??= startEmbeddedPostgres({ dataDir, log, durable: true });
      try {
        return await (await starting).ensureDatabase(STORE_DATABASE);
      } catch (error) {
        const failed = starting;
        starting = undefined;
        await failed.then(
          (server) => server.stop(),
          () => undefined,
        );
        throw new AppError("STORE_UNREACHABLE", `the embedded PostgreSQL in ${dataDir} does not start: ${messageOf(error)}`, { cause: error });
      }
    },
    close: async () => {
      const server = await starting?.catch(() => undefined);
      await server?.stop();
    },
  };
}
