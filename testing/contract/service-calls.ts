import type { Reply } from "./client.ts";
import type { TargetName } from "./coverage.ts";
import type { Observation, Observed } from "./observe.ts";
import { nowS, signToken, type Claims } from "./tokens.ts";
import { SERVICE_SECRETS } from "./world.ts";

/** Calls of a worker to the internal API (contract 4.1), with its own kind of token. */

export const INTERNAL = "/api/internal/whatsapp";
const ALL_SCOPES = "ingest:sessions ingest:messages ingest:contacts ingest:media";

export type ServiceToken = { readonly claims?: Claims; readonly secret?: string };

export function serviceToken({ claims = {}, secret = SERVICE_SECRETS[0] }: ServiceToken = {}): string {
  const iat = nowS();
  return signToken({ aud: "ingest", sub: "worker-1", scope: ALL_SCOPES, iat, exp: iat + 300, ...claims }, { secret });
}

export const ingestWith = ({ write, observeMany }: Observation) => {
  const call = (name: TargetName, path: string, body: unknown, token: ServiceToken = {}): Promise<Reply> =>
    write(name, { target: `${INTERNAL}/${path}`, body, headers: { authorization: `Bearer ${serviceToken(token)}` } });
  const ingest = (name: TargetName, path: string, body: unknown, emits = 0): Promise<Observed> =>
    observeMany(name, () => call(name, path, body), emits);
  return { call, ingest };
};
