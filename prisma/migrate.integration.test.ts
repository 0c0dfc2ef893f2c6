import { Client } from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { migrate } from "./migrate.ts";
import { diffToSchema } from "./schema-engine.ts";
import type { SchemaName } from "./schemas.ts";

const databases: TestDatabase[] = [];

async function emptyDatabase(): Promise<string> {
  const database = await createTestDatabase("empty");
  databases.push(database);
  return database.url;
}

afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.drop()));
});

describe.each<SchemaName>(["whatsapp", "parallax"])("migrations of %s", (schema) => {
  it("lead from an empty database to exactly the schema", async () => {
    const url = await emptyDatabase();
    const before = await diffToSchema(schema, url, "database");
    await migrate({ url, schema });
    expect(before).toContain("CREATE TABLE");
    expect(await diffToSchema(schema, url, "database")).toBe("-- This is an empty migration.");
  });

  it("are applied once, also by two programs at the same time", async () => {
    const url = await emptyDatabase();
    const [first, second] = await Promise.all([migrate({ url, schema }), migrate({ url, schema })]);
    expect([...first.applied, ...second.applied].toSorted()).toEqual([...new Set([...first.applied, ...second.applied])].toSorted());
    expect(first.applied.length + second.applied.length).toBeGreaterThan(0);
  });

  it("are only named by a check", async () => {
    const url = await emptyDatabase();
    const checked = await migrate({ url, schema, checkOnly: true });
    expect(checked.applied).toEqual([]);
    expect(checked.pending[0]).toMatch(/_init$/);
    await migrate({ url, schema });
    expect(await migrate({ url, schema, checkOnly: true })).toEqual({ applied: [], pending: [] });
  });
});

it("refuses a migration that was edited after it had been applied", async () => {
  const url = await emptyDatabase();
  await migrate({ url, schema: "parallax" });
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("update parallax._prisma_migrations set checksum = 'other'");
  await client.end();
  await expect(migrate({ url, schema: "parallax" })).rejects.toMatchObject({ code: "MIGRATION_EDITED" });
});

it("keeps a second pending transfer request out", async () => {
  const url = await emptyDatabase();
  await migrate({ url, schema: "whatsapp" });
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("select indexdef from pg_indexes where indexname = 'contact_transfer_requests_pending_key'");
  await client.end();
  expect(rows).toEqual([
    {
      indexdef: expect.stringContaining(
        `UNIQUE INDEX contact_transfer_requests_pending_key ON public.contact_transfer_requests USING btree ("contactId") WHERE`,
      ) as string,
    },
  ]);
});
