import { spawn, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../lib/errors.ts";
import { freePort, isPortFree } from "../lib/free-port.ts";
import { waitUntil } from "../lib/processes.ts";
import { stopProgram, type Program } from "./run-program.ts";

const PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin";
const START_TIMEOUT_MS = 10_000;

/** The version of the nginx that is installed, undefined without one. */
export function nginxVersion(): string | undefined {
  return /nginx\/(\S+)/.exec(spawnSync("nginx", ["-v"], { env: { PATH }, encoding: "utf8" }).stderr ?? "")?.[1];
}

/** nginx that answers from the upstream and mirrors every request to it, in one process as the others, everything it writes in the folder. */
export async function startNginxMirror(folder: string, upstreamPort: number): Promise<Program> {
  const port = await freePort();
  const config = join(folder, "nginx.conf");
  await writeFile(config, configOf({ folder, port, upstreamPort }));
  const child = spawn("nginx", ["-c", config, "-p", folder, "-e", join(folder, "nginx-error.log")], { env: { PATH }, stdio: "ignore" });
  const stop = (): Promise<void> => stopProgram(child);
  const isUp = await waitUntil(async () => !(await isPortFree(port)), START_TIMEOUT_MS);
  if (!isUp) {
    await stop();
    throw new AppError("BENCH_START", `nginx did not listen on port ${port} within ${START_TIMEOUT_MS / 1000} s`);
  }
  return { port, line: {}, pid: child.pid ?? 0, stop };
}

function configOf({ folder, port, upstreamPort }: { readonly folder: string; readonly port: number; readonly upstreamPort: number }): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `  ${name}_temp_path ${join(folder, `nginx-${name}`)};`);
  return `daemon off;
master_process off;
pid ${join(folder, "nginx.pid")};
error_log ${join(folder, "nginx-error.log")} error;
events { worker_connections 4096; }
http {
${temporary.join("\n")}
  access_log off;
  keepalive_requests 1000000000;
  upstream system { server 127.0.0.1:${upstreamPort}; keepalive 128; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    location / { mirror /mirror; proxy_pass http://system; }
    location = /mirror { internal; proxy_pass http://system$request_uri; }
  }
}
`;
}
