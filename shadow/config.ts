import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, type Document } from "yaml";
import type { z } from "zod";
import { AppError, codeOf, messageOf } from "../lib/errors.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import {
  fileSchema,
  type ConfigFile,
  type FamilyConfig,
  type GateConfig,
  type LimitsConfig,
  type RollbackConfig,
  type RetentionConfig,
  type ShadowingConfig,
  type SubjectConfig,
} from "./config-schema.ts";
import { resolveEndpoints } from "./configured-endpoint.ts";
import type { Endpoint } from "./core/endpoint.ts";

/** The configuration of a proxy, checked and with all defaults in place. */
export type ShadowConfig = {
  readonly endpoints: readonly Endpoint[];
  /** Every family that has an endpoint or is named, and `default` for requests that match nothing. */
  readonly families: Readonly<Record<string, FamilyConfig>>;
  readonly gate: GateConfig;
  readonly rollback: RollbackConfig;
  readonly limits: LimitsConfig;
  readonly retention: RetentionConfig;
  readonly shadowing: ShadowingConfig;
  readonly subject: SubjectConfig;
  /** The response header in which each system names its build. */
  readonly buildHeader: string | undefined;
};

/** Options that a file may hold too; flags and the environment win over them. */
export type FileOptions = Pick<
  ConfigFile,
  "legacy" | "candidate" | "port" | "opsPort" | "tapPort" | "host" | "storeUrl" | "redisUrl" | "realtimeUrl" | "dataDir" | "logLevel"
>;

export const DEFAULT_FAMILY = "default";

/** Reads a file. Throws `CONFIG_INVALID` with one line that names the file, the path in it, what it got and what it expects. */
export function readConfigFile(file: string): { readonly config: ShadowConfig; readonly options: FileOptions } {
  const own = parseYaml(readText(file), file);
  return build(own, file);
}

/** The configuration of a proxy without a file. */
export function parseConfig(text: string, name: string): { readonly config: ShadowConfig; readonly options: FileOptions } {
  return build(parseYaml(text, name), name);
}

function build(own: unknown, name: string): { readonly config: ShadowConfig; readonly options: FileOptions } {
  const preset = presetOf(own);
  const file = validate(preset === undefined ? own : mergeFiles(readPreset(preset, name), own), name);
  const endpoints = inOrder(resolveEndpoints(file.endpoints, name), preset === undefined ? [] : idsOf(readPreset(preset, name)));
  const names = [DEFAULT_FAMILY, ...endpoints.map((endpoint) => endpoint.family), ...Object.keys(file.families)];
  const families = Object.fromEntries(names.map((family) => [family, file.families[family] ?? EMPTY_FAMILY]));
  const { gate, rollback, limits, retention, subject, shadowing } = file;
  return {
    config: { endpoints, families, gate, rollback, limits, retention, shadowing, subject, buildHeader: file.build?.header.toLowerCase() },
    options: file,
  };
}

const EMPTY_FAMILY: FamilyConfig = {
  stage: "legacy",
  with: [],
  legacyHonoursKey: false,
  nestHonoursKey: false,
  doubleClickGuard: false,
  fallbackReads: true,
};

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new AppError("CONFIG_UNREADABLE", `cannot read ${file}: ${codeOf(error) === "ENOENT" ? "no such file" : String(codeOf(error))}`, {
      cause: error,
    });
  }
}

function parseYaml(text: string, name: string): unknown {
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem === undefined) return toPlain(document, name);
  const line = problem.linePos?.[0].line;
  throw new AppError("CONFIG_INVALID", `${name}${line === undefined ? "" : `:${line}`}: not valid YAML: ${problem.message.split("\n", 1)[0] ?? ""}`);
}

/** Throws for what only shows when names are looked up: an alias without anchor, aliases of aliases without end. */
function toPlain(document: Document, name: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `${name}: not valid YAML: ${messageOf(error).split("\n", 1)[0] ?? ""}`, { cause: error });
  }
}

function validate(value: unknown, name: string): ConfigFile {
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError("CONFIG_INVALID", `${name}: ${issue === undefined ? "invalid" : describe(issue, value)}`);
}

/** `endpoints[0].mirror.sample: Too big: expected number to be <=1, got 3`. */
function describe(issue: z.core.$ZodIssue, root: unknown): string {
  const path = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  const place = path === "" ? "top level" : path.replace(/^\./, "");
  if (issue.code === "unrecognized_keys")
    return `${place === "top level" ? "" : `${place}: `}unknown key ${issue.keys.map((key) => `"${key}"`).join(", ")}`;
  const got = issue.path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part], root);
  return `${place}: ${issue.message}, got ${got === undefined ? "nothing" : JSON.stringify(got)}`;
}

function presetOf(value: unknown): string | undefined {
  const name = typeof value === "object" && value !== null ? (value as { extends?: unknown }).extends : undefined;
  return typeof name === "string" ? name : undefined;
}

function readPreset(preset: string, name: string): unknown {
  if (!/^[a-z][a-z0-9-]*$/.test(preset)) throw new AppError("CONFIG_INVALID", `${name}: extends: expected the name of a preset, got "${preset}"`);
  const file = join(PACKAGE_ROOT, "presets", `${preset}.yaml`);
  try {
    return parseYaml(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    throw new AppError("CONFIG_INVALID", `${name}: extends: there is no preset "${preset}" (presets: whatsapp)`);
  }
}

type Section = Record<string, unknown>;

/**
 * What a file says adds to its preset or replaces it: endpoints by id and within them what is compared, families by name,
 * everything else by key. What is malformed stays so: the check comes afterwards.
 */
function mergeFiles(preset: unknown, own: unknown): unknown {
  const base = preset as Section;
  const over = own as Section;
  return {
    ...base,
    ...over,
    endpoints: mergeEndpoints(base["endpoints"], over["endpoints"]),
    families: mergeFamilies(base["families"], over["families"]),
    shadowing: mergeSections(base["shadowing"], over["shadowing"] ?? {}),
  };
}

/** The file's own endpoints come first, so that a complaint about one names its place in the file. */
function mergeEndpoints(base: unknown, over: unknown): unknown {
  if (!Array.isArray(base) || (over !== undefined && !Array.isArray(over))) return over ?? base;
  const own = (over ?? []) as unknown[];
  const presets = new Map((base as Section[]).map((endpoint) => [endpoint["id"], endpoint]));
  const idOf = (endpoint: unknown): unknown => (isSection(endpoint) ? endpoint["id"] : undefined);
  const merged = own.map((endpoint) => {
    const preset = presets.get(idOf(endpoint));
    if (preset === undefined || !isSection(endpoint)) return endpoint;
    return { ...preset, ...endpoint, ...("compare" in endpoint ? { compare: mergeSections(preset["compare"], endpoint["compare"]) } : {}) };
  });
  const owned = new Set(own.map(idOf));
  return [...merged, ...[...presets.values()].filter((endpoint) => !owned.has(endpoint["id"]))];
}

function mergeFamilies(base: unknown, over: unknown): unknown {
  if (!isSection(base) || !isSection(over)) return over ?? base;
  return { ...base, ...Object.fromEntries(Object.entries(over).map(([name, family]) => [name, mergeSections(base[name], family)])) };
}

function mergeSections(base: unknown, over: unknown): unknown {
  return isSection(base) && isSection(over) ? { ...base, ...over } : over;
}

function isSection(value: unknown): value is Section {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function idsOf(preset: unknown): readonly unknown[] {
  const endpoints = isSection(preset) ? preset["endpoints"] : undefined;
  return Array.isArray(endpoints) ? (endpoints as Section[]).map((endpoint) => endpoint["id"]) : [];
}

/** Endpoints in the order of their preset, those that it does not have at the end. */
function inOrder(endpoints: readonly Endpoint[], ids: readonly unknown[]): readonly Endpoint[] {
  const rank = ({ id }: Endpoint): number => (ids.includes(id) ? ids.indexOf(id) : ids.length);
  return endpoints.toSorted((one, other) => rank(one) - rank(other));
}
