import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Builds what `npm start` and `npx parallax` need: Prisma's clients, the contract package, the programs, the demo's Next app.
 * Idempotent: a step is skipped while its inputs are what they were and its outputs are there, also under a running server.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bin = (name) => join(root, "node_modules", ".bin", name);

const STEPS = [
  {
    name: "prisma clients",
    inputs: ["prisma/whatsapp/schema.prisma", "prisma/parallax/schema.prisma"],
    outputs: ["prisma/generated/whatsapp/client.ts", "prisma/generated/parallax/client.ts", "demo/legacy-next/generated/prisma/client.ts"],
    commands: [
      [bin("prisma"), "generate", "--schema", "prisma/whatsapp/schema.prisma"],
      [bin("prisma"), "generate", "--schema", "prisma/parallax/schema.prisma"],
    ],
  },
  {
    name: "@ipnuo/domain",
    inputs: ["domain/src", "domain/package.json", "domain/tsconfig.json", "tsconfig.json"],
    outputs: ["domain/dist"],
    commands: [[bin("tsc"), "-p", "domain"]],
  },
  {
    name: "parallax",
    inputs: ["lib", "prisma", "api", "shadow", "worker", "reports", "cli", "demo", "bench", "domain/src", "tsconfig.json", "tsconfig.build.json"],
    outputs: ["dist/cli/main.js"],
    commands: [[bin("tsc"), "-p", "tsconfig.build.json"]],
  },
  {
    name: "demo/legacy-next",
    inputs: ["demo/legacy-next", "domain/src", "prisma/whatsapp/schema.prisma"],
    outputs: ["demo/legacy-next/.next/BUILD_ID"],
    commands: [[bin("next"), "build", "demo/legacy-next"]],
  },
];

const SKIPPED_FOLDERS = new Set(["node_modules", ".next", "dist", "generated"]);
const ENVIRONMENT = {
  ...process.env,
  PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
  CHECKPOINT_DISABLE: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  NEXT_IGNORE_INCORRECT_LOCKFILE: "1",
};

for (const step of STEPS) {
  const stamp = join(root, ".cache", "prepare", `${step.name.replaceAll(/[^a-z-]/g, "_")}.stamp`);
  const state = fingerprint(step);
  const isFresh = existsSync(stamp) && readFileSync(stamp, "utf8") === state && step.outputs.every((output) => existsSync(join(root, output)));
  if (isFresh) continue;
  const startedAt = Date.now();
  for (const [command, ...args] of step.commands) run(step.name, command, args);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, state);
  console.log(`prepared ${step.name} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

function run(name, command, args) {
  try {
    execFileSync(command, args, { cwd: root, env: ENVIRONMENT, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  } catch (error) {
    console.error(`could not prepare ${name}: ${command.split("/").at(-1)} ${args.join(" ")}\n${error.stdout ?? ""}${error.stderr ?? error.message}`);
    process.exit(1);
  }
}

/** Paths and contents of the inputs: times say nothing after a clone or a checkout. */
function fingerprint(step) {
  const hash = createHash("sha256").update(JSON.stringify([step.commands.map(([, ...args]) => args), process.version]));
  for (const input of step.inputs)
    for (const file of filesBelow(input))
      hash
        .update(file)
        .update("\0")
        .update(readFileSync(join(root, file)))
        .update("\0");
  return hash.digest("hex");
}

function filesBelow(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => !SKIPPED_FOLDERS.has(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]))
    .toSorted();
}
