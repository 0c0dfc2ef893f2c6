import type { Endpoint } from "../../shadow/core/endpoint.ts";
import { check, failed, ok, type CheckResult } from "./check.ts";

const GONE = 410;
const TIMEOUT_MS = 5_000;
/** Stands for whatever a path's parameter is. Nothing has this id, and nobody is signed in: a route that still lives refuses it. */
const NOBODY = "parallax-doctor";

/** Whether the legacy app, asked directly, is done with every route of the retired families. Without credentials: nothing can happen. */
export function examineRetired(legacyUrl: string, endpoints: readonly Endpoint[], retired: ReadonlySet<string>): Promise<CheckResult[]> {
  const routes = endpoints.filter(({ family }) => retired.has(family)).flatMap(({ id, match }) => match.map((route) => ({ id, ...route })));
  return Promise.all(
    routes.map(({ id, method, path }) =>
      check(`${id} is gone from legacy`, async () => {
        const status = await ask(legacyUrl + path.replaceAll(/:[A-Za-z]\w*/g, NOBODY), method);
        return status === GONE ? ok(`${method} ${path} answers 410`) : failed(`${method} ${path} still answers ${status}, expected 410`);
      }),
    ),
  );
}

async function ask(url: string, method: string): Promise<number> {
  const response = await fetch(url, { method, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
  await response.body?.cancel();
  return response.status;
}
