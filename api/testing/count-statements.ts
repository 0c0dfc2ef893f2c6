import { Client } from "pg";
import { vi } from "vitest";

/** How many statements reach PostgreSQL while the work is done, over all connections of this process. */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(Client.prototype, "query");
  try {
    await work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}
