import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { rolesAt, type Roles } from "../core/roles.ts";
import type { Stage } from "../core/types.ts";

const FILE = "stages.json";
const fileSchema = z.record(z.string(), z.enum(["legacy", "shadow", "canary", "nest", "retired"]));

/** The stage of every family as this process knows it: asked on every request, so it lives in memory. */
export class Stages {
  #roles = new Map<string, Roles>();
  readonly #file: string;

  /** Starts with what was last known on disk; a family nobody knows is at legacy. */
  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    this.#file = join(dataDir, FILE);
    this.#set(readLastKnown(this.#file));
  }

  rolesOf(family: string): Roles {
    return this.#roles.get(family) ?? AT_LEGACY;
  }

  stageOf(family: string): Stage {
    return this.rolesOf(family).stage;
  }

  /** Takes over what the store holds and keeps it on disk for a start without the store. */
  update(stages: Readonly<Record<string, Stage>>): void {
    this.#set(stages);
    const partial = `${this.#file}.${process.pid}`;
    writeFileSync(partial, JSON.stringify(stages), { mode: 0o600 });
    renameSync(partial, this.#file);
  }

  #set(stages: Readonly<Record<string, Stage>>): void {
    this.#roles = new Map(Object.entries(stages).map(([family, stage]) => [family, rolesAt(stage)]));
  }
}

const AT_LEGACY = rolesAt("legacy");

function readLastKnown(file: string): Readonly<Record<string, Stage>> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}
