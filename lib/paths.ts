import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The root of this package, whether the code runs from sources or from `dist/`. Migrations, presets and pages live below it. */
export const PACKAGE_ROOT = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  const parent = dirname(from);
  if (existsSync(join(from, "bin", "parallax.js")) || parent === from) return from;
  return findRoot(parent);
}
