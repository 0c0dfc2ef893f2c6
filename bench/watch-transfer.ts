import { performance } from "node:perf_hooks";
import { residentMbOf } from "./process-figures.ts";

const SAMPLE_EVERY_MS = 100;

export type Transfer = { readonly name: string; readonly seconds: number; readonly growthMb: number; readonly bytes: number };

/** Runs a transfer and says by how much the process grew at most meanwhile. */
export async function watchTransfer(name: string, pid: number, transfer: () => Promise<number>): Promise<Transfer> {
  const beforeMb = residentMbOf(pid);
  let mostMb = beforeMb;
  const sampling = setInterval(() => (mostMb = Math.max(mostMb, residentMbOf(pid))), SAMPLE_EVERY_MS);
  const startedAt = performance.now();
  try {
    const bytes = await transfer();
    return { name, bytes, seconds: (performance.now() - startedAt) / 1000, growthMb: mostMb - beforeMb };
  } finally {
    clearInterval(sampling);
  }
}
