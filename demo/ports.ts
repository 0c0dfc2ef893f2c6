import { AppError } from "../lib/errors.ts";
import { freePort, isPortFree } from "../lib/free-port.ts";

/** Where the demo's programs listen. */
export const DEMO_PORTS = {
  proxy: 8080,
  ops: 8081,
  tap: 8082,
  legacy: 3000,
  nest: 3001,
  realtime: 6001,
  whatsapp: 8090,
  phone: 8091,
  whatsappMedia: 8092,
  worker: 3002,
} as const;

export type DemoPorts = Readonly<Record<keyof typeof DEMO_PORTS, number>>;

/** The usual ports, or free ones. Throws `USAGE_PORT_IN_USE` that names every taken one. */
export async function choosePorts(areFree: boolean): Promise<DemoPorts> {
  if (areFree) {
    const names = Object.keys(DEMO_PORTS) as (keyof DemoPorts)[];
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const))) as DemoPorts;
  }
  const checks = await Promise.all(Object.entries(DEMO_PORTS).map(async ([name, port]) => ((await isPortFree(port)) ? [] : [`${port} (${name})`])));
  const taken = checks.flat();
  if (taken.length > 0)
    throw new AppError(
      "USAGE_PORT_IN_USE",
      `${taken.length === 1 ? "port" : "ports"} ${taken.join(", ")} in use; stop what listens there, or run the demo with --free-ports`,
    );
  return DEMO_PORTS;
}
