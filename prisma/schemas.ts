import { join } from "node:path";
import { PACKAGE_ROOT } from "../lib/paths.ts";

/** The two databases' schemas: the application's (`whatsapp`, in `public`) and the proxy's store (`parallax`). */
export type SchemaName = "whatsapp" | "parallax";

/** The PostgreSQL schema each one lives in. */
export const DATABASE_SCHEMA: Readonly<Record<SchemaName, string>> = { whatsapp: "public", parallax: "parallax" };

/** The folder with `schema.prisma` and `migrations/`. */
export function schemaFolder(name: SchemaName): string {
  return join(PACKAGE_ROOT, "prisma", name);
}
