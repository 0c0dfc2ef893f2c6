import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { AuditHead } from "../core/cutover/audit-chain.ts";

const FILE = "audit-head.json";
const schema = z.object({ seq: z.number().int().min(1), mac: z.string().min(1) });

/** The newest entry of the audit trail that this data directory has seen: outside of the database, so that a cut of the trail shows. */
export function readSeenHead(dataDir: string): AuditHead | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(join(dataDir, FILE), "utf8")));
  } catch {
    return undefined;
  }
}

/** Remembers a newer head; an older one changes nothing. */
export function rememberHead(dataDir: string, head: AuditHead): void {
  if ((readSeenHead(dataDir)?.seq ?? 0) >= head.seq) return;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const partial = join(dataDir, `${FILE}.${process.pid}`);
  writeFileSync(partial, JSON.stringify(head), { mode: 0o600 });
  renameSync(partial, join(dataDir, FILE));
}
