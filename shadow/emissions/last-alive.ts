import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "tap-alive";
const EVERY_MS = 1_000;

/** When a tap with this data directory last ran; undefined when none ever did. */
export function lastAliveMs(dataDir: string): number | undefined {
  return statSync(join(dataDir, FILE), { throwIfNoEntry: false })?.mtimeMs;
}

/** Leaves a sign of life for the next start, every second. */
export function keepAlive(dataDir: string, onError: (error: unknown) => void): () => void {
  const touch = (): void => {
    try {
      mkdirSync(dataDir, { recursive: true });
      writeFileSync(join(dataDir, FILE), "");
    } catch (error) {
      onError(error);
    }
  };
  touch();
  const timer = setInterval(touch, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    touch();
  };
}
