import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import type { SchemaName } from "../prisma/schemas.ts";

export type PostgresForTests = { readonly adminUrl: string };

/** The migrated databases that every test database is cloned from. */
export const TEMPLATE: Readonly<Record<SchemaName, string>> = { whatsapp: "template_whatsapp", parallax: "template_parallax" };

export type TestDatabase = { readonly url: string; readonly drop: () => Promise<void> };

/** A database of its own for one test file: cloned from the migrated template, or empty. */
export async function createTestDatabase(from: SchemaName | "empty"): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const template = from === "empty" ? "template0" : TEMPLATE[from];
  await runAsAdmin(`create database ${name} template ${template}`);
  const url = new URL(inject("postgres").adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runAsAdmin(`drop database if exists ${name} with (force)`) };
}

/** One statement on the server's `postgres` database, outside of a transaction. */
export async function runAsAdmin(sql: string): Promise<void> {
  const client = new Client({ connectionString: inject("postgres").adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
