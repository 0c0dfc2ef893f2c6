import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { FamilyState } from "../core/cutover/family-state.ts";
import { STAGES } from "../core/cutover/stage-order.ts";

const FILE = "stages.json";

const unwrittenSchema = z.object({ by: z.string(), reason: z.string() });
const stateSchema = z.object({
  family: z.string(),
  stage: z.enum(STAGES),
  percent: z.number(),
  version: z.number(),
  unwritten: unwrittenSchema.optional(),
});

/** A step back that was made while the store could not be told. */
export type Unwritten = z.infer<typeof unwrittenSchema>;
export type KnownState = FamilyState & { readonly unwritten?: Unwritten | undefined };

/** What this data directory last knew; nothing when there is no file, or none that can be read. */
export function readLastKnown(dataDir: string): readonly KnownState[] {
  try {
    return z.array(stateSchema).parse(JSON.parse(readFileSync(join(dataDir, FILE), "utf8")));
  } catch {
    return [];
  }
}

/** Replaces the file in one step: a crash leaves the old one or the new one. */
export function writeLastKnown(dataDir: string, states: readonly KnownState[]): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const partial = join(dataDir, `${FILE}.${process.pid}`);
  writeFileSync(partial, JSON.stringify(states), { mode: 0o600 });
  renameSync(partial, join(dataDir, FILE));
}
