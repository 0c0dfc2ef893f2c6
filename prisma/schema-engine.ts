import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum, type SqlDriverAdapter } from "@prisma/driver-adapter-utils";
import { Pool, type QueryResult } from "pg";
import { DATABASE_SCHEMA, schemaFolder, type SchemaName } from "./schemas.ts";

/** The part of the WebAssembly API used here; Node's types lack it. */
type WebAssemblyApi = {
  instantiate: (bytes: Uint8Array, imports: Record<string, object>) => Promise<{ instance: { exports: Record<string, unknown> } }>;
};
const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

/**
 * Prisma's own schema engine as WebAssembly: what `prisma migrate diff` runs, without a binary to download.
 * For development and tests only: it says which SQL leads from a database (or from nothing) to `schema.prisma`.
 */
export async function diffToSchema(schema: SchemaName, url: string, from: "empty" | "database"): Promise<string> {
  const content = await readFile(join(schemaFolder(schema), "schema.prisma"), "utf8");
  const files = [{ path: "schema.prisma", content }];
  const engine = await openEngine(schema, url, content);
  const result = await engine.diff({
    from: from === "empty" ? { tag: "empty" } : { tag: "schemaDatasource", files, configDir: schemaFolder(schema) },
    to: { tag: "schemaDatamodel", files },
    script: true,
    shadowDatabaseUrl: null,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return (result.stdout ?? "").trim();
}

async function openEngine(schema: SchemaName, url: string, content: string) {
  const { SchemaEngine } = await (loading ??= loadEngine());
  const factory = new PrismaPg(new CatalogPool({ connectionString: url }), { schema: DATABASE_SCHEMA[schema], disposeExternalPool: true });
  const adapter = bindMigrationAwareSqlAdapterFactory({
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => withCharacters(await factory.connect()),
    connectToShadowDb: async () => withCharacters(await factory.connectToShadowDb()),
  });
  return SchemaEngine.new({ datamodels: [["schema.prisma", content]] }, () => undefined, adapter);
}

const CHAR_OID = 18;
/** Stands for "char" on its way through the adapter: the catalogue queries ask for no numeric column. */
const NUMERIC_OID = 1700;

/** PostgreSQL's catalogues use the one-byte type "char", which Prisma's adapter refuses and its engine expects. */
class CatalogPool extends Pool {
  override query = (async (...parameters: Parameters<Pool["query"]>) => {
    const result = await (Pool.prototype.query.apply(this, parameters) as unknown as Promise<QueryResult>);
    for (const field of result.fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = NUMERIC_OID;
    return result;
  }) as unknown as Pool["query"];
}

function withCharacters(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    return { ...result, columnTypes: result.columnTypes.map((type) => (type === ColumnTypeEnum.Numeric ? ColumnTypeEnum.Character : type)) };
  };
  return adapter;
}

/** Once per process: the module keeps state outside of its instance. */
let loading: ReturnType<typeof loadEngine> | undefined;

async function loadEngine() {
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => process.stderr.write(`prisma schema engine: ${message}\n`) },
  });
  const glue = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const file = createRequire(import.meta.url)
    .resolve("@prisma/schema-engine-wasm/schema_engine_bg")
    .replace(/\.js$/, ".wasm");
  const { instance } = await wasm.instantiate(await readFile(file), { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports["__wbindgen_start"];
  if (typeof start === "function") start();
  return glue;
}
