import type { FastifyInstance } from "fastify";
import type { World } from "../world.ts";

/** Tells a page that something changed; what, it asks. Server-sent events. */
export function streamChanges(app: FastifyInstance, world: World): void {
  app.get("/changes", (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    reply.raw.write("retry: 1000\ndata: open\n\n");
    const stop = world.onChange(() => void reply.raw.write("data: change\n\n"));
    reply.raw.on("close", stop);
  });
}
