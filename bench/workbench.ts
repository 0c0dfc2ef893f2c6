import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { runProgram, type Program } from "./run-program.ts";
import { startParallax, type Parallax, type ParallaxOptions } from "./start-parallax.ts";

/** A temporary folder and the programs of one bench; all of it goes when the bench ends, however it ends. */
export type Workbench = {
  readonly folder: string;
  /** One of `bench/programs`. */
  readonly start: (name: string, ...args: readonly string[]) => Promise<Program>;
  readonly startParallax: (options: ParallaxOptions) => Promise<Parallax>;
  readonly keep: (program: Program) => void;
};

export async function withWorkbench<Result>(run: (bench: Workbench) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "parallax-bench-"));
  const programs: Program[] = [];
  const keep = <Kept extends Program>(program: Kept): Kept => {
    programs.push(program);
    return program;
  };
  try {
    return await run({
      folder,
      keep,
      start: async (name, ...args) =>
        keep(await runProgram([join(PACKAGE_ROOT, "dist", "bench", "programs", `${name}.js`), ...args], { ready: "ready" })),
      startParallax: async (options) => keep(await startParallax({ folder, ...options })),
    });
  } finally {
    for (const program of programs.toReversed()) await program.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

export const urlOf = ({ port }: { readonly port: number }): string => `http://127.0.0.1:${port}`;
