#!/usr/bin/env node
import { existsSync } from "node:fs";

const entry = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(entry)) {
  await import(entry.href);
} else {
  console.error("parallax: nothing is built yet; run `npm ci` (or `npm run prepare`) in the repository first");
  process.exitCode = 1;
}
