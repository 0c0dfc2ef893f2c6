import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** Where the embedded server of a data directory listens, and who looks after it. Mode 0600: it holds the password. */
const endpointSchema = z.object({
  port: z.int(),
  password: z.string(),
  /** of the postmaster */
  pid: z.int(),
  /** of the program that started it and stops it */
  ownerPid: z.int(),
});
export type PostgresEndpoint = z.infer<typeof endpointSchema>;

const FILE = "postgres.json";

/** The endpoint, or undefined when there is none or it cannot be read. */
export async function readEndpoint(dataDir: string): Promise<PostgresEndpoint | undefined> {
  try {
    const parsed = endpointSchema.safeParse(JSON.parse(await readFile(join(dataDir, FILE), "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export async function writeEndpoint(dataDir: string, endpoint: PostgresEndpoint): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const partial = join(dataDir, `${FILE}.${process.pid}`);
  await writeFile(partial, JSON.stringify(endpoint), { mode: 0o600 });
  await rename(partial, join(dataDir, FILE));
}

export async function removeEndpoint(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE), { force: true });
}

export function endpointUrl({ port, password }: Pick<PostgresEndpoint, "port" | "password">, database: string): string {
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

/** The only role of an embedded server. */
export const SUPERUSER = "parallax";
