import { verifyWorker } from "../auth/service-token.ts";
import { env } from "../env.ts";
import { forbidden, unauthorized } from "../http/api-error.ts";
import { Body } from "../http/body.ts";
import type { Family } from "../http/families.ts";
import { Problems } from "../http/problems.ts";
import { readJsonBody } from "../http/read-body.ts";
import type { PathParameters } from "../http/path-template.ts";
import type { Asked } from "../http/respond.ts";
import { route, type RouteHandlers } from "../http/route.ts";

const BASE = "/api/internal/whatsapp";
const BODY_MAX_BYTES = 5 * 1_048_576;

/** A family that moved away takes no reports here any more: the worker keeps them for whoever owns it. */
const FAMILIES = { sessions: "sessions", messages: "conversation", contacts: "contacts", media: "media" } as const satisfies Record<string, Family>;

type IngestEndpoint<Parsed> = {
  /** Below the base. */
  readonly path: string;
  /** Completes `ingest:…`. */
  readonly scope: keyof typeof FAMILIES;
  readonly parse: (body: Body, parameters: PathParameters) => Parsed;
  readonly answer: (parsed: Parsed, asked: Asked) => Promise<unknown>;
};

/** A path the worker calls: service tokens alone open it, cookies and users' tokens do not. */
export function ingestEndpoint<Parsed>({ path, scope, parse, answer }: IngestEndpoint<Parsed>): RouteHandlers {
  return route(`${BASE}/${path}`, {
    POST: {
      family: FAMILIES[scope],
      failure: "ingest",
      produce: async (request, { parameters, requestId }) => {
        await authorizeWorker(request.headers, `ingest:${scope}`);
        const problems = new Problems();
        const parsed = parse(new Body(await readJsonBody(request, BODY_MAX_BYTES), problems), parameters);
        problems.assertNone();
        return { status: 200, json: await answer(parsed, { requestId }) };
      },
    },
  });
}

async function authorizeWorker(headers: Pick<Headers, "get">, scope: string): Promise<void> {
  const worker = await verifyWorker(headers.get("authorization"), env().serviceTokenSecrets, Date.now());
  if (worker === undefined) throw unauthorized();
  if (!worker.scopes.has(scope)) throw forbidden();
}
