import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second, whatever the hardware. */
const TICK_MS = 10;

/** Processor time that a process has used, or its main thread alone; undefined where the system has no /proc. */
export function cpuMsOf(pid: number, part: "process" | "main thread" = "process"): number | undefined {
  try {
    const stat = readFileSync(part === "process" ? `/proc/${pid}/stat` : `/proc/${pid}/task/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined;
  }
}

/** Resident memory of a process, in megabytes. */
export function residentMbOf(pid: number): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }).trim()) / 1024;
}
