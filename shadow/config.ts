import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { AppError, codeOf } from "../lib/errors.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { fileSchema, type ConfigFile, type FamilyConfig, type GateConfig, type LimitsConfig, type SubjectConfig } from "./config-schema.ts";
import { resolveEndpoints } from "./configured-endpoint.ts";
import type { Endpoint } from "./core/endpoint.ts";

/** The configuration of a proxy, checked and with all defaults in place. */
export type ShadowConfig = {
  readonly endpoints: readonly Endpoint[];
  /** Every family that has an endpoint or is named, and `default` for requests that match nothing. */
  readonly families: Readonly<Record<string, FamilyConfig>>;
  readonly gate: GateConfig;
  readonly limits: LimitsConfig;
  readonly subject: SubjectConfig;
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
  const endpoints = resolveEndpoints(file.endpoints, name);
  const names = [DEFAULT_FAMILY, ...endpoints.map((endpoint) => endpoint.family), ...Object.keys(file.families)];
  const families = Object.fromEntries(names.map((family) => [family, file.families[family] ?? EMPTY_FAMILY]));
  return { config: { endpoints, families, gate: file.gate, limits: file.limits, subject: file.subject }, options: file };
}

const EMPTY_FAMILY: FamilyConfig = { stage: "legacy", with: [], legacyHonoursKey: false, nestHonoursKey: false, doubleClickGuard: false };

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
  if (problem === undefined) return document.toJS() ?? {};
  const line = problem.linePos?.[0].line;
  throw new AppError("CONFIG_INVALID", `${name}${line === undefined ? "" : `:${line}`}: not valid YAML: ${problem.message.split("\n", 1)[0] ?? ""}`);
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

/** What a file says adds to its preset or replaces it: endpoints by id, families by name, everything else by key. */
function mergeFiles(preset: unknown, own: unknown): unknown {
  const base = preset as Section;
  const over = own as Section;
  return {
    ...base,
    ...over,
    endpoints: mergeEndpoints(base["endpoints"], over["endpoints"]),
    families: { ...toSection(base["families"]), ...mergeFamilies(base, over) },
  };
}

function mergeEndpoints(base: unknown, over: unknown): unknown {
  if (!Array.isArray(base) || (over !== undefined && !Array.isArray(over))) return over ?? base;
  const merged = new Map<unknown, Section>((base as Section[]).map((endpoint) => [endpoint["id"], endpoint]));
  for (const endpoint of (over ?? []) as Section[]) merged.set(endpoint?.["id"], { ...merged.get(endpoint?.["id"]), ...endpoint });
  return [...merged.values()];
}

function mergeFamilies(base: Section, over: Section): Section {
  const presets = toSection(base["families"]);
  return Object.fromEntries(
    Object.entries(toSection(over["families"])).map(([name, family]) => [name, { ...toSection(presets[name]), ...toSection(family) }]),
  );
}

function toSection(value: unknown): Section {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Section) : {};
}
