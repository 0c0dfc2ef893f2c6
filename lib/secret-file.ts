import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { AppError, codeOf } from "./errors.ts";

/** The secret kept in a file (mode 0600); made on first use. Two programs that make it at once agree on one. */
export function readOrMakeSecret(file: string): string {
  return read(file) ?? make(file);
}

function make(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, randomBytes(24).toString("base64url"), { mode: 0o600 });
  try {
    linkSync(partial, file);
    chmodSync(file, 0o600);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(partial, { force: true });
  }
  return read(file) ?? "";
}

function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    if (text.length >= 16) return text;
    throw new AppError("CONFIG_SECRET_FILE", `${file}: expected a secret of at least 16 characters; remove the file to have one made`);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
