import { defineConfig } from "vitest/config";

const SUITES = ["integration", "contract", "browser", "chaos", "cluster"] as const;
const SOURCES = ["lib", "domain", "prisma", "api", "shadow", "worker", "reports", "cli", "demo", "bench", "testing", "lint"];

const testsOf = (ending: string): string[] => SOURCES.map((folder) => `${folder}/**/*.${ending}.ts`);
const OTHERS = [...SUITES.flatMap((suite) => testsOf(`${suite}.test`)), "**/node_modules/**"];
const LEGACY = "demo/legacy-next/**/*.test.ts";
const resolve = { conditions: ["source"] };
const ssr = { resolve: { conditions: ["source"], externalConditions: ["source"] } };

/** One project a suite: `npm test` runs unit, legacy and integration, the others have scripts of their own. */
export default defineConfig({
  test: {
    // Half of a suite's time is waiting (processes, PostgreSQL, deliberate time-outs): three workers keep two cores busy.
    maxWorkers: 3,
    projects: [
      // Pure: nothing to keep apart, and a process for each file would take longer than its tests.
      {
        resolve,
        ssr,
        test: { name: "unit", pool: "threads", isolate: false, include: testsOf("test"), exclude: [...OTHERS, LEGACY] },
      },
      // Next's modules read the environment once and keep it.
      { resolve, ssr, test: { name: "legacy", include: [LEGACY], exclude: OTHERS } },
      ...SUITES.map((suite) => ({
        resolve,
        ssr,
        test: {
          name: suite,
          include: testsOf(`${suite}.test`),
          globalSetup: ["testing/global-setup.ts", ...(suite === "contract" ? ["testing/contract/coverage-setup.ts"] : [])],
          testTimeout: suite === "integration" ? 20_000 : 300_000,
          hookTimeout: 120_000,
          fileParallelism: suite === "integration",
        },
      })),
    ],
  },
});
