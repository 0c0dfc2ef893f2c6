import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../lib/paths.ts";
import { ALL_ON_PURPOSE } from "./on-purpose.ts";

/** Rows of the page's table, however the formatter has padded them. */
function tableOf(page: string): string[][] {
  const rows = page.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

it("docs/transparency.md shows the table, row by row", () => {
  const page = readFileSync(join(PACKAGE_ROOT, "docs", "transparency.md"), "utf8");
  expect(tableOf(page)).toEqual(ALL_ON_PURPOSE.map(({ id, direct, through, why }) => [id, direct, through, why]));
});

it("every row has a name of its own", () => {
  expect(new Set(ALL_ON_PURPOSE.map(({ id }) => id)).size).toBe(ALL_ON_PURPOSE.length);
});
