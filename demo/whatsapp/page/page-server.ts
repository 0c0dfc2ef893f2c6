import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { z } from "zod";
import { messageOf } from "../../../lib/errors.ts";
import { PACKAGE_ROOT } from "../../../lib/paths.ts";
import { VERBS } from "./control-verbs.ts";
import type { Control } from "../control.ts";
import { streamChanges } from "./page-stream.ts";
import { readPageState } from "./page-state.ts";
import type { World } from "../world.ts";

const FOLDER = join(PACKAGE_ROOT, "demo", "whatsapp", "page");
const CONTENT_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const STYLE = "text/css";
const SCRIPT = "text/javascript";
const FILES = {
  "/": ["index.html", "text/html"],
  "/page.css": ["page.css", STYLE],
  "/page.js": ["page.js", SCRIPT],
  "/model.js": ["model.js", SCRIPT],
  "/view.js": ["view.js", SCRIPT],
} as const;

/** The QR another program shows right now, with what it is for; `undefined` while it shows none. */
export type QrSource = () => Promise<string | undefined>;

export type PageOptions = {
  readonly world: World;
  readonly control: Control;
  readonly host: string;
  readonly port: number;
  readonly qrSource: QrSource | undefined;
};

export type PageServer = { readonly port: number; readonly close: () => Promise<void> };

/** The phone page and the control over HTTP. Only this machine may ask: other names for it are refused. */
export async function startPageServer({ world, control, host, port, qrSource }: PageOptions): Promise<PageServer> {
  const app = fastify({ logger: false, forceCloseConnections: true, bodyLimit: MAX_BODY_BYTES });
  guard(app);
  for (const [path, [file, type]] of Object.entries(FILES))
    app.get(path, (_request, reply) => reply.type(`${type}; charset=utf-8`).send(readFileSync(join(FOLDER, file), "utf8")));
  app.get("/state", () => readPageState(world, qrSource !== undefined));
  streamChanges(app, world);
  app.post("/control/scan-shown", async (request, reply) => {
    const owner = z.object({ phone: z.string().regex(/^\d{6,15}$/), name: z.string().optional() }).parse(request.body);
    const qr = await qrSource?.();
    if (qr === undefined) return reply.code(409).send({ error: "no QR is shown right now" });
    await control.scan(qr, { phone: owner.phone, ...(owner.name === undefined ? {} : { name: owner.name }) });
    return { result: null };
  });
  app.post<{ Params: { verb: string } }>("/control/:verb", async (request, reply) => {
    const verb = VERBS[request.params.verb];
    if (verb === undefined) return reply.code(404).send({ error: `no verb ${request.params.verb}; there are ${Object.keys(VERBS).join(", ")}` });
    const body = verb.schema.parse(request.body ?? {});
    return { result: (await verb.run(control, body as never)) ?? null };
  });
  await app.listen({ host, port });
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}

function guard(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? ""))
      return reply.code(403).send({ error: "only for this machine" });
  });
  app.addHook("onSend", async (_request, reply) => {
    void reply.header("cache-control", "no-store").header("x-content-type-options", "nosniff").header("content-security-policy", CONTENT_POLICY);
  });
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(error) });
    return reply.code((error as { statusCode?: number }).statusCode ?? 409).send({ error: messageOf(error) });
  });
}
