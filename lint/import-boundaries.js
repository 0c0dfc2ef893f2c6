import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The import rule of ARCHITECTURE.md: who may import whom. A folder that is not named here may import nothing of ours. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

const CORE_PACKAGES = ["deep-diff"];
const SHELL = ["shadow/core", "shadow/store", "lib", "domain"];

const MAY_IMPORT = {
  domain: [],
  lib: [],
  prisma: ["lib"],
  testing: ["lib", "prisma"],
  "shadow/core": ["domain"],
  "shadow/store": ["shadow/core", "lib", "prisma"],
  "shadow/proxy": SHELL,
  "shadow/mirror": SHELL,
  "shadow/emissions": SHELL,
  "shadow/cutover": SHELL,
  "shadow/ops": [...SHELL, "reports"],
  "shadow/transparency": ["lib"],
  shadow: [...SHELL, "shadow/proxy", "shadow/mirror", "shadow/emissions", "shadow/cutover", "shadow/ops", "prisma"],
  api: ["domain", "lib", "prisma"],
  worker: ["domain", "lib", "prisma"],
  reports: ["shadow/core", "shadow/store", "lib"],
  cli: ["lib", "prisma", "shadow", "shadow/core", "shadow/store", "shadow/cutover", "shadow/transparency", "api", "worker", "reports", "demo"],
  demo: "anything",
  bench: "anything",
};

/** Folders nobody else may import, and the ones only tests may. */
const TEST_HELPERS = "testing";
/** Imports of these folders count as types only. */
const TYPES_ONLY = { "shadow/core": ["domain"], "shadow/store": ["shadow/core"] };

const unitOf = (path) => Object.keys(MAY_IMPORT).find((unit) => unit.includes("/") && path.startsWith(`${unit}/`)) ?? path.split("/", 1)[0];
const toPath = (file) => relative(ROOT, file).split(sep).join("/");

function targetOf(file, source) {
  if (source.startsWith(".")) return toPath(join(dirname(file), source));
  if (source.startsWith("@ipnuo/domain")) return "domain/src";
  return undefined;
}

function problemOf(file, { source, isTypeOnly }) {
  const from = unitOf(toPath(file));
  const isTest = /\.test\.tsx?$/.test(file);
  const target = targetOf(file, source);
  if (target === undefined) {
    const isPure = from === "shadow/core" && !isTest;
    return isPure && !CORE_PACKAGES.includes(source) ? `${from} is pure: it may not import ${source}` : undefined;
  }
  const to = unitOf(target);
  if (to === from || !(to in MAY_IMPORT)) return undefined;
  if (to === TEST_HELPERS) return isTest ? undefined : `only tests may import ${TEST_HELPERS}`;
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return `${from} is not in the import rule`;
  if (allowed === "anything" || isTest) return undefined;
  if (/(^|\/)main\.ts$/.test(target)) return `nobody imports a main.ts (${target})`;
  if (!allowed.includes(to)) return `${from} may not import ${to} (${source})`;
  if (TYPES_ONLY[from]?.includes(to) && !isTypeOnly) return `${from} may import types only from ${to} (${source})`;
  return undefined;
}

const boundaries = {
  create(context) {
    const check = (node, isTypeOnly) => {
      if (node.source?.value === undefined) return;
      const message = problemOf(context.filename, { source: node.source.value, isTypeOnly });
      if (message !== undefined) context.report({ node, message: `${message}; see the import rule in ARCHITECTURE.md` });
    };
    return {
      ImportDeclaration: (node) =>
        check(node, node.importKind === "type" || (node.specifiers.length > 0 && node.specifiers.every((each) => each.importKind === "type"))),
      ExportNamedDeclaration: (node) => check(node, node.exportKind === "type"),
      ExportAllDeclaration: (node) => check(node, node.exportKind === "type"),
      ImportExpression: (node) => check(node, false),
    };
  },
};

export default { meta: { name: "parallax" }, rules: { "import-boundaries": boundaries } };
