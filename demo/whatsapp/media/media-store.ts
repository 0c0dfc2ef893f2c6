import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const PATH_PREFIX = "/v/";

/** How the media host answers downloads of what lies there now. */
export type MediaMode =
  | { readonly mode: "served" }
  /** Expired: 404 or 410, and the phone that sent it has it still, or not, or does not answer. */
  | { readonly mode: "gone"; readonly status: 404 | 410; readonly phone: "has-it" | "lost-it" | "silent" }
  /** Other bytes than were uploaded. */
  | { readonly mode: "corrupted" }
  | { readonly mode: "slow"; readonly delayMs: number };

/** Files of the media host, by direct path. */
export type MediaStore = {
  /** `localhost:port`, once the host listens. */
  host: string;
  /** Manners towards files that were there when they were set; later ones are served. */
  readonly behave: (mode: MediaMode) => void;
  readonly modeOf: (directPath: string) => MediaMode;
  readonly fileOf: (directPath: string) => string | undefined;
  readonly put: (file: Buffer) => Promise<string>;
  /** A name for a file that is about to be written there. */
  readonly reserve: () => { readonly directPath: string; readonly file: string };
  /** The same bytes under a new path, as after a re-upload. */
  readonly renew: (directPath: string) => Promise<string>;
};

export function createMediaStore(folder: string): MediaStore {
  mkdirSync(folder, { recursive: true });
  const modes = new Map<string, MediaMode>();
  const known = new Set<string>();
  const isName = (name: string): boolean => /^[0-9a-f]{32}$/.test(name);
  const reserve = (): { directPath: string; file: string } => {
    const name = randomBytes(16).toString("hex");
    const directPath = `${PATH_PREFIX}${name}?ccb=1`;
    known.add(directPath);
    return { directPath, file: join(folder, name) };
  };
  const fileOf = (directPath: string): string | undefined => {
    const name = (directPath.split("?", 1)[0] ?? "").slice(PATH_PREFIX.length);
    return directPath.startsWith(PATH_PREFIX) && isName(name) ? join(folder, name) : undefined;
  };
  return {
    host: "",
    behave: (mode) => {
      for (const directPath of known) modes.set(directPath, mode);
    },
    modeOf: (directPath) => modes.get(directPath) ?? { mode: "served" },
    fileOf,
    put: async (file) => {
      const place = reserve();
      await writeFile(place.file, file);
      return place.directPath;
    },
    reserve,
    renew: async (directPath) => {
      const place = reserve();
      await copyFile(fileOf(directPath) ?? "", place.file);
      return place.directPath;
    },
  };
}
