import { join } from "node:path";
import type { NextConfig } from "next";

/** Workspaces hoist packages to the repository's root: Next has to look there, and must not guess it from lockfiles. */
const repositoryRoot = join(import.meta.dirname, "..", "..");

const config: NextConfig = {
  outputFileTracingRoot: repositoryRoot,
  turbopack: { root: repositoryRoot },
  poweredByHeader: false,
  // A proxy in front compares bytes: no encoding to undo.
  compress: false,
  generateEtags: false,
  // A path with a slash at its end is another path, and unknown: the handlers answer 404 themselves.
  skipTrailingSlashRedirect: true,
  // Left to Node: they find their own files and sockets.
  serverExternalPackages: ["pino", "pusher"],
  reactStrictMode: true,
  // `unauthorized()`: the admin page without a session answers 401, not 200.
  experimental: { authInterrupts: true },
};

export default config;
