import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../lib/paths.ts";
import { COVERAGE_PAGE, forgetResults, readResults, renderCoverage, sumOf } from "./coverage.ts";

/** Around a run of the contract suite: afterwards the shadow side's figures are printed and, when every file ran, the coverage page is written. */
export default function setup(): () => void {
  forgetResults();
  return () => {
    const results = readResults();
    const ledger = sumOf(results.map((result) => result.ledger));
    if (Object.keys(ledger).length > 0) process.stdout.write(`\nthe suite's traffic through the proxy at stage shadow: ${JSON.stringify(ledger)}\n`);
    const isWhole = results.length >= filesOfSuite() && process.env["CONTRACT_SYSTEMS"] === undefined;
    if (isWhole) writeFileSync(COVERAGE_PAGE, renderCoverage(results));
  };
}

const filesOfSuite = (): number => readdirSync(join(PACKAGE_ROOT, "testing", "contract")).filter((name) => name.endsWith(".contract.test.ts")).length;
