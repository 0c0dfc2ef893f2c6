import type { EnvSource } from "../lib/env.ts";

/** The process's environment with what flags and files say: a flag wins over the environment, which wins over the file. */
export function layeredEnv(layers: { readonly flags: EnvSource; readonly file?: EnvSource }): EnvSource {
  return { ...defined(layers.file ?? {}), ...defined(process.env), ...defined(layers.flags) };
}

function defined(source: EnvSource): EnvSource {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
}
