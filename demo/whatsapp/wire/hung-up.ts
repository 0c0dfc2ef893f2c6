import type { Connection } from "./connection.ts";

/** Throws when the client goes before it answers. */
export function orHungUp<T>(connection: Connection, answer: Promise<T>): Promise<T> {
  const hungUp = connection.closed.then(() => {
    throw new Error("the client hung up while it was being paired");
  });
  return Promise.race([answer, hungUp]);
}
