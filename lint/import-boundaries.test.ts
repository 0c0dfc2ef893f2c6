import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const folders: string[] = [];

/** Lints one file in a copy of the house that has only the import rule. Answers what the linter says. */
function lint(file: string, source: string): string {
  const folder = mkdtempSync(join(tmpdir(), "parallax-lint-"));
  folders.push(folder);
  cpSync(join(ROOT, "lint", "import-boundaries.js"), join(folder, "lint", "import-boundaries.js"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(folder, ".oxlintrc.json"),
    JSON.stringify({
      jsPlugins: ["./lint/import-boundaries.js"],
      categories: { correctness: "off" },
      rules: { "parallax/import-boundaries": "error" },
    }),
  );
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), source);
  try {
    return execFileSync(join(ROOT, "node_modules", ".bin", "oxlint"), [file], { cwd: folder, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("the import rule", () => {
  it.each([
    ["shadow/core/a.ts", 'import "node:fs";', "shadow/core is pure: it may not import node:fs"],
    ["shadow/core/a.ts", 'import { z } from "zod"; export { z };', "it may not import zod"],
    ["shadow/core/a.ts", 'import { AppError } from "../../lib/errors.ts"; export { AppError };', "shadow/core may not import lib"],
    ["shadow/core/a.ts", 'import { userRole } from "@ipnuo/domain/enums"; export { userRole };', "types only from domain"],
    ["shadow/store/a.ts", 'import { compare } from "../core/compare.ts"; export { compare };', "types only from shadow/core"],
    ["shadow/proxy/a.ts", 'import { Recorder } from "../mirror/recorder.ts"; export { Recorder };', "shadow/proxy may not import shadow/mirror"],
    [
      "shadow/transparency/a.ts",
      'import { forward } from "../proxy/forward.ts"; export { forward };',
      "shadow/transparency may not import shadow/proxy",
    ],
    ["api/a.ts", 'import { createShadow } from "../shadow/app.ts"; export { createShadow };', "api may not import shadow"],
    ["lib/a.ts", 'import { migrate } from "../prisma/migrate.ts"; export { migrate };', "lib may not import prisma"],
    ["lib/a.ts", 'export const load = () => import("../prisma/migrate.ts");', "lib may not import prisma"],
    ["reports/a.ts", 'import { runDemo } from "../demo/start.ts"; export { runDemo };', "reports may not import demo"],
    ["cli/a.ts", 'import "../api/main.ts";', "nobody imports a main.ts"],
    ["shadow/app.ts", 'import { createTestDatabase } from "../testing/database.ts"; export { createTestDatabase };', "only tests may import testing"],
  ])("refuses in %s: %s", (file, source, complaint) => {
    expect(lint(file, source)).toContain(complaint);
  });

  it.each([
    ["shadow/core/a.ts", 'import type { UserRole } from "@ipnuo/domain/enums"; export type { UserRole };'],
    ["shadow/core/a.ts", 'import deepDiff from "deep-diff"; export { deepDiff };'],
    ["shadow/core/json/a.ts", 'import { shapeOf } from "../shape.ts"; export { shapeOf };'],
    ["shadow/store/a.ts", 'import type { Json } from "../core/types.ts"; export type { Json };'],
    ["shadow/app.ts", 'import { Recorder } from "./mirror/recorder.ts"; export { Recorder };'],
    ["shadow/core/a.test.ts", 'import { createTestDatabase } from "../../testing/database.ts"; export { createTestDatabase };'],
    ["demo/a.ts", 'import { createShadow } from "../shadow/app.ts"; export { createShadow };'],
  ])("allows in %s: %s", (file, source) => {
    expect(lint(file, source)).not.toContain("import-boundaries");
  });
});
