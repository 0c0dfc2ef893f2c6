import { defineConfig } from "vitest/config";

const SUITES = ["integration", "contract", "browser", "chaos", "cluster"] as const;
const SOURCES = ["lib", "domain", "prisma", "api", "shadow", "worker", "reports", "cli", "demo", "bench", "testing", "lint"];

const testsOf = (ending: string): string[] => SOURCES.map((folder) => `${folder}/**/*.${ending}.ts`);
const resolve = { conditions: ["source"] };
const ssr = { resolve: { conditions: ["source"], externalConditions: ["source"] } };

/** One project a suite: `npm test` runs unit and integration, the others have scripts of their own. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: { name: "unit", include: testsOf("test"), exclude: [...SUITES.flatMap((suite) => testsOf(`${suite}.test`)), "**/node_modules/**"] },
      },
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
