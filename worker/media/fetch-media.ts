import { lookup as resolve, type LookupAddress, type LookupOptions } from "node:dns";
import type { Readable } from "node:stream";
import { Agent } from "undici";
import { AppError, codeOf } from "../../lib/errors.ts";
import { isDirectPath, isPublicAddress, type MediaHost } from "./media-hosts.ts";

/** Gets the encrypted bytes of a file from a media host. */
export type MediaFetch = {
  /**
   * Over TLS from the first host that answers; follows no redirect. Throws `MEDIA_PATH` for a path that is none, `MEDIA_GONE` when no host has it any more,
   * `MEDIA_UNREACHABLE` when none answers.
   */
  readonly open: (directPath: string, signal: AbortSignal) => Promise<Readable>;
  readonly close: () => Promise<void>;
};

export type MediaFetchOptions = {
  readonly hosts: readonly MediaHost[];
  /** Trusted besides the system's, PEM. `NODE_EXTRA_CA_CERTS` does the same for the whole process. */
  readonly ca?: string;
  readonly headersTimeoutMs?: number;
  /** Between two pieces of a body. */
  readonly idleTimeoutMs?: number;
};

const CONNECT_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 15_000;
const IDLE_TIMEOUT_MS = 30_000;
/** As the web client says it; without it WhatsApp's hosts refuse. */
const ORIGIN = "https://web.whatsapp.com";
/** WhatsApp answers these when a file is not there any more, or the path's signature has run out. */
const GONE = new Set([403, 404, 410]);

export function createMediaFetch({
  hosts,
  ca,
  headersTimeoutMs = HEADERS_TIMEOUT_MS,
  idleTimeoutMs = IDLE_TIMEOUT_MS,
}: MediaFetchOptions): MediaFetch {
  const agents = hosts.map((host) => ({ host, agent: agentFor(host, { ca, headersTimeoutMs, bodyTimeoutMs: idleTimeoutMs }) }));
  return {
    open: async (directPath, signal) => {
      if (!isDirectPath(directPath)) throw new AppError("MEDIA_PATH", "the sender named no path on the media host");
      let failure = new AppError("MEDIA_UNREACHABLE", "there is no media host");
      for (const { host, agent } of agents) {
        try {
          return await ask(agent, host, directPath, signal);
        } catch (error) {
          failure = error instanceof AppError ? error : unreachable(codeOf(error) ?? "no answer", error);
        }
      }
      throw failure;
    },
    close: async () => void (await Promise.all(agents.map(({ agent }) => agent.close()))),
  };
}

async function ask(agent: Agent, { hostname, port }: MediaHost, directPath: string, signal: AbortSignal): Promise<Readable> {
  const headers = { origin: ORIGIN, "accept-encoding": "identity" };
  const response = await agent.request({ origin: `https://${hostname}:${port}`, path: directPath, method: "GET", headers, signal });
  if (response.statusCode === 200) return response.body;
  await response.body.dump().catch(() => {});
  if (GONE.has(response.statusCode)) throw new AppError("MEDIA_GONE", `the media host answered ${response.statusCode}`);
  throw unreachable(`answered ${response.statusCode}`);
}

function unreachable(what: string, cause?: unknown): AppError {
  return new AppError("MEDIA_UNREACHABLE", `the media host: ${what}`, { cause });
}

type AgentLimits = { readonly ca: string | undefined; readonly headersTimeoutMs: number; readonly bodyTimeoutMs: number };

function agentFor({ isTrusted }: MediaHost, { ca, headersTimeoutMs, bodyTimeoutMs }: AgentLimits): Agent {
  return new Agent({
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
    connect: { timeout: CONNECT_TIMEOUT_MS, ...(isTrusted ? {} : { lookup: lookupPublic }), ...(ca === undefined ? {} : { ca }) },
  });
}

type LookupDone = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** A name may resolve to anything: what is not of the public internet is not connected to. The address checked is the address used. */
function lookupPublic(hostname: string, options: LookupOptions, done: LookupDone): void {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    const [first, ...others] = addresses.filter(({ address }) => isPublicAddress(address));
    if (first === undefined) return done(new AppError("MEDIA_UNREACHABLE", "the media host resolves to no public address"), []);
    if (options.all === true) return done(null, [first, ...others]);
    done(null, first.address, first.family);
  });
}
